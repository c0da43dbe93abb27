import Bytes
import Listener
import NIOCore
import NIOEmbedded
import Resolution
import Tokens

/// A gateway's connection without a socket: what is sent goes through the handler at once, and the test answers the
/// look-ups.
final class EmbeddedGateway {
    let loop: ListenerLoop
    let channel: EmbeddedChannel
    private let wire = Wire()
    private let store: Store

    /// What was done with the channel, but for writing.
    final class Wire: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var reads = 0
        var writes = 0
        var closes: [CloseMode] = []

        func read(context: ChannelHandlerContext) { reads += 1 }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            writes += 1
            context.write(data, promise: promise)
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            closes.append(mode)
            if case .all = mode { context.close(mode: mode, promise: promise) }
        }
    }

    /// The look-ups that wait, and what to answer at once.
    final class Store {
        var queries: [String] = []
        var replies: [(RecordReply) -> Void] = []
        var searches: [@Sendable (KeyReply) -> Void] = []
        var promptReply: RecordReply?
        var onNextQuery: (() -> Void)?
    }

    init(
        _ limits: ConnectionLimits = ConnectionLimits(), sharing other: EmbeddedGateway? = nil,
        issuers: [TrustedIssuer] = []
    ) throws {
        let store = other?.store ?? Store()
        self.store = store
        let eventLoop = (other?.channel.eventLoop as? EmbeddedEventLoop) ?? EmbeddedEventLoop()
        self.loop =
            other?.loop
            ?? ListenerLoop(on: eventLoop, limits: limits, resolver: Stage.resolver(issuers: issuers)) { _ in
                LoopEffects(
                    lookUp: { query, reply in
                        store.queries.append(String(decoding: query.key, as: UTF8.self))
                        store.onNextQuery.take()?()
                        if let prompt = store.promptReply { return reply(prompt) }
                        store.replies.append(reply)
                    },
                    find: { _, reply in store.searches.append(reply) })
            }
        channel = EmbeddedChannel(loop: eventLoop)
        try channel.pipeline.syncOperations.addHandler(wire)
        try loop.serve(channel)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 4180)).wait()
    }

    /// Sends bytes as one read.
    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// Says that no more is sent.
    func closeInput() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// What came back since the last call, without dates.
    func received() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return Stage.withoutDates(text)
    }

    /// How many writes there were since the last call.
    func writes() -> Int {
        defer { wire.writes = 0 }
        return wire.writes
    }

    /// How often more bytes were asked for since the last call.
    func reads() -> Int {
        defer { wire.reads = 0 }
        return wire.reads
    }

    var isOpen: Bool { channel.isActive }

    /// Whether the connection says that nothing more will come, and still listens.
    var isHalfClosed: Bool {
        wire.closes.contains { if case .output = $0 { true } else { false } }
    }

    var queries: [String] { store.queries }

    /// Lets each look-up from now on be answered before it returns.
    func answerAtOnce(_ reply: RecordReply?) { store.promptReply = reply }

    /// Does something from within the next look-up.
    func onNextQuery(_ body: @escaping () -> Void) { store.onNextQuery = body }

    /// Answers the look-up that waits longest.
    func reply(_ reply: RecordReply) {
        store.replies.removeFirst()(reply)
    }

    /// The same, without forgetting it.
    func replyAgain(_ reply: RecordReply) {
        store.replies.first?(reply)
    }

    /// Answers the search for a key that waits longest.
    func find(_ reply: KeyReply) {
        store.searches.removeFirst()(reply)
        (channel.eventLoop as? EmbeddedEventLoop)?.run()
    }

    /// Lets ticks pass.
    func sweep(_ count: Int = 1) {
        for _ in 0..<count { loop.sweep() }
    }

    /// Lets the loop's time pass.
    func advance(_ span: TimeAmount) {
        (channel.eventLoop as? EmbeddedEventLoop)?.advanceTime(by: span)
    }

    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }
}
