import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// An HTTP proxy on a free port of 127.0.0.1 that writes down what it is asked.
final class TunnelProxy: Sendable {
    enum Behaviour: Sendable {
        /// Every tunnel leads to this port of 127.0.0.1, whatever it was asked for.
        case tunnel(to: Int)
        case answer(String)
    }

    private let channel: any Channel
    private let heads: NIOLockedValueBox<[String]>

    var port: Int { channel.localAddress?.port ?? 0 }
    /// The heads of all requests, in order.
    var requests: [String] { heads.withLockedValue { $0 } }

    private init(channel: any Channel, heads: NIOLockedValueBox<[String]>) {
        self.channel = channel
        self.heads = heads
    }

    /// Proxies while `body` runs.
    static func serving(_ behaviour: Behaviour, _ body: (TunnelProxy) async throws -> Void) async throws {
        let heads = NIOLockedValueBox<[String]>([])
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = TunnelHandler(behaviour) { head in heads.withLockedValue { $0.append(head) } }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(TunnelProxy(channel: channel, heads: heads))
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }
}

private final class TunnelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: TunnelProxy.Behaviour
    private let note: (String) -> Void
    private var head = ""
    private var peer: (any Channel)?

    init(_ behaviour: TunnelProxy.Behaviour, note: @escaping (String) -> Void) {
        self.behaviour = behaviour
        self.note = note
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let peer { return peer.writeAndFlush(bytes, promise: nil) }
        head += String(buffer: bytes)
        guard head.hasSuffix("\r\n\r\n") else { return }
        note(head)
        switch behaviour {
        case .answer(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .tunnel(let port): open(context.channel, to: port)
        }
    }

    private func open(_ channel: any Channel, to port: Int) {
        let handler = NIOLoopBound(self, eventLoop: channel.eventLoop)
        ClientBootstrap(group: channel.eventLoop)
            .channelInitializer { peer in
                peer.eventLoop.makeCompletedFuture {
                    try peer.pipeline.syncOperations.addHandler(RelayHandler(to: channel))
                }
            }
            .connect(host: "127.0.0.1", port: port).whenComplete { result in
                guard let peer = try? result.get() else { return channel.close(promise: nil) }
                handler.value.peer = peer
                channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.close(promise: nil)
    }
}

/// Hands on what comes back through a tunnel.
private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let channel: any Channel

    init(to channel: any Channel) {
        self.channel = channel
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        channel.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        channel.close(promise: nil)
    }
}
