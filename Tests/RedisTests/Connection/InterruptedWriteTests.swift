import NIOCore
import NIOEmbedded
import Redis
import Testing

private typealias Scene = ConnectionScene

@Suite struct `A write that is interrupted` {
    /// Has what the server said read within a write, as NIO does when the write fails.
    private final class Interruption: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        private var said: [String]

        init(_ said: [String]) {
            self.said = said
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            context.write(data, promise: promise)
            guard let next = said.first else { return }
            said.removeFirst()
            context.fireChannelRead(NIOAny(ByteBuffer(string: next)))
            context.fireChannelReadComplete()
        }
    }

    @Test func `what is read meanwhile is answered, and what is asked meanwhile is written behind it`() throws {
        let scene = try Scene.ready()
        let interruption = Interruption([Scene.found("a"), Scene.found("b")])
        try scene.channel.pipeline.syncOperations.addHandler(interruption, position: .first)
        scene.ask("a") { scene.ask("b") }
        scene.loop.run()
        #expect(scene.take() == ["a found u1", "b found u1"])
        #expect(try scene.written() == ["GET a", "GET b"])
    }
}
