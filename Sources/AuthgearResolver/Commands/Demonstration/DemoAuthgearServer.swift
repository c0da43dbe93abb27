package import NIOCore
import NIOPosix

/// Has a little Authgear answer on a port of loopback.
package struct DemoAuthgearServer {
    private let channel: any Channel
    package let port: Int

    /// Listens on a port that the system picks.
    package init(_ authgear: DemoAuthgear, on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton)
        async throws
    {
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DemoAuthgearHandler(authgear))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    package func stop() async {
        try? await channel.close()
    }
}
