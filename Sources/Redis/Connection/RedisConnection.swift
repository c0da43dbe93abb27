package import Authentication
import Glibc
package import NIOCore

/// A connection to Redis: performs on a channel of NIO's what a `RedisLine` says, and decides nothing.
///
/// Lives on one event loop. Everything that is asked between two turns of the loop leaves in one write, and so does
/// everything that is asked while the replies of one read are handed out. When there is a home for it, a connection
/// without TLS moves there once it is ready; what is asked for ourselves and what becomes of it still pass through here.
package final class RedisConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer
    package typealias Reply = (RecordReply) -> Void

    /// What happens to the connection, told to whoever made it.
    package struct Events {
        var ready: (RedisConnection) -> Void
        /// Once, and last: it is gone, or never came about.
        var closed: (ConnectionFailure) -> Void
        var answered: (RedisLine.Answer) -> Void

        package init(
            ready: @escaping (RedisConnection) -> Void, closed: @escaping (ConnectionFailure) -> Void,
            answered: @escaping (RedisLine.Answer) -> Void = { _ in }
        ) {
            self.ready = ready
            self.closed = closed
            self.answered = answered
        }
    }

    private enum Place {
        case here(RedisLine)
        /// Another thread speaks with the server.
        case away(LineHome)
        /// `closed` was told.
        case nowhere
    }

    private let eventLoop: any EventLoop
    private let endpoint: RedisAddress.Endpoint
    private let journal: StoreJournal
    private let events: Events
    /// Nil when the connection has to stay.
    private let home: LineHome?
    private var place = Place.nowhere
    /// Who waits for a reply, by the numbers of their questions.
    private var waiters: [Int: Reply] = [:]
    private var questions = 0
    /// The set-up was done by what was read last.
    private var hasBecomeReady = false
    /// Set while the channel is active.
    private var context: ChannelHandlerContext?
    private var isFlushDue = false
    /// The replies of one read are being handed out; what is asked meanwhile leaves when all are.
    private var isReading = false
    /// Where it has arrived, as `NameService` compares it; nil when that is not known.
    private(set) var peer: String?
    /// Fires no later than the next deadline. It isn't moved when that deadline is met: one timer serves many commands.
    private var timer: (moment: NIODeadline, task: Scheduled<Void>)?

    package init(
        _ configuration: RedisConfiguration, on eventLoop: any EventLoop, journal: StoreJournal, events: Events,
        home: LineHome? = nil
    ) {
        self.eventLoop = eventLoop
        self.endpoint = configuration.address.endpoint
        self.journal = journal
        self.events = events
        self.home = configuration.tls == nil ? home : nil
        place = .here(
            RedisLine(configuration, journal: journal, at: eventLoop.now) { [unowned self] news in self.hear(news) })
    }

    /// Whether another thread speaks with the server, and is to be asked.
    var isAway: Bool {
        if case .away = place { true } else { false }
    }

    /// - Parameter asked: from when on `command_timeout` counts; nil: from now on.
    package func lookUp(_ query: RecordQuery, asked: NIODeadline? = nil, reply: @escaping Reply) {
        let now = eventLoop.now
        guard case .here(let line) = place else { return journal.failed(query, .disconnected, at: now, reply) }
        questions += 1
        waiters[questions] = reply
        line.ask(query, number: questions, at: asked ?? now)
        handOut(line)
        flushSoon()
        armTimer()
    }

    /// Asks whether the server is still there, and still the one that it should be.
    package func beat() {
        ask { line, now in line.beat(at: now) }
    }

    /// Has the server tell another connection of changes: `RedisLine.redirect`.
    package func redirect(to client: Int64, prefixes: [String]) {
        ask { line, now in line.redirect(to: client, prefixes: prefixes, at: now) }
    }

    /// Asks for records to see whether they can be had; the outcomes come as answers.
    package func ask(_ queries: [RecordQuery], trial number: Int) {
        ask { line, now in line.ask(queries, trial: number, at: now) }
    }

    private func ask(_ body: @escaping @Sendable (RedisLine, NIODeadline) -> Void) {
        switch place {
        case .nowhere: break
        case .away(let home): home.perform { line in body(line, .now()) }
        case .here(let line):
            body(line, eventLoop.now)
            flushSoon()
            armTimer()
        }
    }

    package func close(because failure: ConnectionFailure) {
        switch place {
        case .nowhere: break
        case .here(let line): line.close(because: failure, at: eventLoop.now)
        case .away(let home):
            home.perform { line in line.close(because: failure, at: .now()) }
            closed(because: failure)
        }
    }

    // MARK: What NIO tells

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard case .here(let line) = place else { return context.close(promise: nil) }
        guard self.context == nil else { return }
        self.context = context
        peer = NameService.place(of: context.channel, at: endpoint)
        line.connected(at: eventLoop.now)
        flush()
        armTimer()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .here(let line) = place else { return }
        isReading = true
        let bytes = unwrapInboundIn(data)
        line.receive(bytes.readableBytesSpan, at: eventLoop.now)
        handOut(line)
        // Last, because the line may be another thread's afterwards.
        if hasBecomeReady { becomeReady(line) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        armTimer()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        if case .here(let line) = place { line.breakOff(at: eventLoop.now) }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case .here(let line) = place else { return }
        if error is IOError { line.breakOff(at: eventLoop.now) } else { close(because: ConnectionFailure(error)) }
    }

    // MARK: What the line tells

    private func hear(_ news: RedisLine.News) {
        switch (news, place) {
        case (_, .nowhere): break
        case (.ready, _): hasBecomeReady = true
        case (.answered(let answer), _): events.answered(answer)
        case (.closed(let failure), .here(let line)):
            handOut(line)
            closed(because: failure)
        case (.closed(let failure), .away): closed(because: failure)
        }
    }

    private func becomeReady(_ line: RedisLine) {
        hasBecomeReady = false
        timer?.task.cancel()
        timer = nil
        guard !line.isOver else { return }
        if let home, let descriptor = duplicateSocket() { move(line, descriptor, to: home) }
        events.ready(self)
    }

    private func closed(because failure: ConnectionFailure) {
        place = .nowhere
        timer?.task.cancel()
        context?.close(promise: nil)
        context = nil
        events.closed(failure)
    }

    private func handOut(_ line: RedisLine) {
        while true {
            var replies: [NumberedReply] = []
            line.takeReplies(into: &replies)
            guard !replies.isEmpty else { return }
            for reply in replies { waiters.removeValue(forKey: reply.number)?(reply.reply) }
        }
    }

    // MARK: Moving

    /// A second descriptor of the socket, which outlives the channel; nil when there is none to be had.
    private func duplicateSocket() -> CInt? {
        guard let context else { return nil }
        let descriptor = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { socket in
            fcntl(socket, F_DUPFD_CLOEXEC, 0)
        }
        guard let descriptor, descriptor >= 0 else { return nil }
        return descriptor
    }

    /// From now on the line is its home's; what it tells comes here by way of the event loop.
    private func move(_ line: RedisLine, _ descriptor: CInt, to home: LineHome) {
        let (connection, eventLoop) = (NIOLoopBound(self, eventLoop: eventLoop), eventLoop)
        line.report { news in eventLoop.execute { connection.value.hear(news) } }
        place = .away(home)
        context?.close(promise: nil)
        context = nil
        // Nobody here has it any more.
        nonisolated(unsafe) let line = line
        home.take(descriptor) { unsafe line }
    }

    // MARK: Writing

    private func flushSoon() {
        guard !isFlushDue, !isReading else { return }
        isFlushDue = true
        eventLoop.assumeIsolated().execute {
            self.isFlushDue = false
            self.flush()
        }
    }

    private func flush() {
        guard let context, case .here(let line) = place, line.hasOutput else { return }
        var buffer = ByteBuffer()
        line.send { bytes in
            buffer.writeBytes(bytes)
            return bytes.byteCount
        }
        // Behind it: a write that fails has what has come read first, and so comes here again.
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: Time

    private func armTimer() {
        guard case .here(let line) = place, let deadline = line.deadline else { return }
        guard timer.map({ deadline < $0.moment }) ?? true else { return }
        timer?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
        timer = (deadline, task)
    }

    private func timerFired() {
        timer = nil
        guard case .here(let line) = place else { return }
        line.pass(to: eventLoop.now)
        handOut(line)
        flush()
        armTimer()
    }
}
