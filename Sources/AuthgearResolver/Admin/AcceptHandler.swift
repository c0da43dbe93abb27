import NIOCore

/// Stands before NIO's own accept handler and asks the gate.
final class AcceptHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let gate: NIOLoopBoundBox<AcceptGate>

    init(_ gate: NIOLoopBoundBox<AcceptGate>) {
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        guard gate.value.enter(channel) else {
            channel.close(promise: nil)
            return
        }
        let gate = gate
        channel.closeFuture.whenComplete { _ in
            gate.eventLoop.execute { gate.value.leave(channel) }
        }
        context.fireChannelRead(data)
    }
}
