import Bytes
import HTTP1
package import NIOCore
import NIOPosix
import Worker

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

/// Cuts what comes on a connection into requests, and answers them in order.
final class DemoAuthgearHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The most bytes of a head, and of a body.
    private static let limit = 16 << 10

    private let authgear: DemoAuthgear
    /// What came and is not answered.
    private var bytes: [UInt8] = []

    init(_ authgear: DemoAuthgear) {
        self.authgear = authgear
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        do throws(HeadError) {
            while let answer = try next() {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
            }
        } catch {
            context.close(promise: nil)
        }
    }

    /// The answer to the first request; nil when it is not there as a whole.
    private func next() throws(HeadError) -> [UInt8]? {
        let received = bytes
        var parser = HeadParser()
        guard try parser.advance(over: received.span.bytes, limit: Self.limit) else { return nil }
        let head = parser.head
        let length =
            switch head.body {
            case .none: 0
            case .length(let length): length
            case .chunked: Int.max
            }
        guard length <= Self.limit else { throw .headTooLarge }
        guard received.count >= head.length + length else { return nil }
        bytes.removeFirst(head.length + length)
        let body = Array(received[head.length..<head.length + length])
        return authgear.answer(to: head, in: received.span.bytes, body: body)
    }
}
