package import NIOCore
package import Resolution

/// A connection to Redis at work: performs what `ConnectionState` says, and decides nothing.
///
/// Lives on one event loop. Everything that is asked between two turns of the loop leaves in one write, and so does
/// everything that is asked while the replies of one read are handed out.
package final class RedisConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer
    package typealias Reply = (RecordReply) -> Void

    /// What the server answered to what was asked for ourselves.
    package enum Answer {
        /// It was there when it got the heartbeat that was sent then.
        case heartbeat(sent: NIODeadline)
        /// It tells of changes where it was told to, unless there is an error.
        case redirection(sent: NIODeadline, RedisErrorCode?)
    }

    /// What happens to the connection, told to whoever made it.
    package struct Events {
        var ready: (RedisConnection) -> Void
        /// Once, and last: it is gone, or never came about.
        var closed: (ConnectionFailure) -> Void
        var answered: (Answer) -> Void

        package init(
            ready: @escaping (RedisConnection) -> Void, closed: @escaping (ConnectionFailure) -> Void,
            answered: @escaping (Answer) -> Void = { _ in }
        ) {
            self.ready = ready
            self.closed = closed
            self.answered = answered
        }
    }

    private let eventLoop: any EventLoop
    private let journal: StoreJournal
    private var state: ConnectionState<Reply>
    private var reader = ReplyReader()
    /// Until when the set-up must be done.
    private let readyBy: NIODeadline
    /// Nil once `closed` was told.
    private var events: Events?
    /// Set while the channel is active.
    private var context: ChannelHandlerContext?
    /// Commands that wait for the end of this turn of the loop.
    private var outgoing = ByteBuffer()
    private var isFlushDue = false
    /// The replies of one read are being handed out; what is asked meanwhile leaves when all are.
    private var isReading = false
    /// Fires no later than the next deadline. It isn't moved when that deadline is met: one timer serves many commands.
    private var timer: Scheduled<Void>?

    package init(
        _ configuration: RedisConfiguration, on eventLoop: any EventLoop, journal: StoreJournal, events: Events
    ) {
        self.eventLoop = eventLoop
        self.journal = journal
        self.state = ConnectionState(
            setUp: SetUpCommand.commands(for: configuration.address), commandTimeout: configuration.commandTimeout,
            limit: configuration.maximumPending)
        self.readyBy = eventLoop.now + configuration.connectTimeout
        self.events = events
    }

    package func lookUp(_ query: RecordQuery, reply: @escaping Reply) {
        let now = eventLoop.now
        switch state.asked(query, by: reply, at: now) {
        case .refused(let failure): journal.failed(query, failure, at: now, reply)
        case .send:
            outgoing.writeGet(query.key)
            flushSoon()
            armTimer()
        }
    }

    /// Asks whether the server is still there.
    package func beat() {
        ask(.heartbeat, ["PING"])
    }

    /// Has the server tell another connection of changes to records from now on.
    ///
    /// In broadcast mode, which costs the server no memory: otherwise it remembers every key that was asked for, also
    /// those of made-up cookies. Turned off before, because a server refuses a prefix that this connection has already.
    ///
    /// - Parameter prefixes: what the keys of the records begin with; none of them begins another. Empty: all keys.
    package func redirect(to client: Int64, prefixes: [String]) {
        ask(.untracking, ["CLIENT", "TRACKING", "OFF"])
        let words = ["CLIENT", "TRACKING", "ON", "REDIRECT", String(client), "BCAST"]
        ask(.redirection, words + prefixes.flatMap { ["PREFIX", $0] })
    }

    private func ask(_ question: PendingCommand<Reply>.Question, _ command: [String]) {
        guard state.asked(question, at: eventLoop.now) else { return }
        outgoing.writeCommand(command.map { word in Array(word.utf8) })
        flushSoon()
        armTimer()
    }

    package func close(because failure: ConnectionFailure) {
        guard let events else { return }
        self.events = nil
        timer?.cancel()
        let now = eventLoop.now
        for command in state.closed() { journal.failed(command, failure.storeFailure, at: now) }
        context?.close(promise: nil)
        context = nil
        events.closed(failure)
    }

    // MARK: What NIO tells

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard events != nil else { return context.close(promise: nil) }
        guard self.context == nil else { return }
        self.context = context
        for command in state.connected() { outgoing.writeCommand(command.arguments) }
        flush()
        armTimer()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        do {
            try reader.feed(unwrapInboundIn(data))
            let now = eventLoop.now
            while events != nil, try reader.next() { receive(reader.reply, at: now) }
        } catch {
            close(because: .nonsense(error))
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        close(because: hangUp)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(because: error is IOError ? hangUp : ConnectionFailure(error))
    }

    /// The server ended the connection, in whichever way.
    private var hangUp: ConnectionFailure { state.isReady ? .closedByServer : .turnedAway }

    // MARK: Replies

    private func receive(_ reply: RedisReply, at now: NIODeadline) {
        let error = reply.error
        switch state.received(error: error, at: now) {
        case .settingUp, .untracked, .late: break
        case .ready: becomeReady()
        case .setUpRefused(let command, let error): close(because: .refused(command, error))
        case .unsolicited: close(because: .unsolicited)
        case .answered(let kind, let command):
            journal.answered(command, reply.record(as: kind), error: error, at: now)
        case .alive(let sent): events?.answered(.heartbeat(sent: sent))
        case .redirected(let sent, let error): events?.answered(.redirection(sent: sent, error))
        }
    }

    private func becomeReady() {
        timer?.cancel()
        timer = nil
        events?.ready(self)
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
        guard let context, outgoing.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
        outgoing.clear()
    }

    // MARK: Time

    private func armTimer() {
        guard timer == nil, let deadline = state.isReady ? state.nextDeadline : readyBy else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        let now = eventLoop.now
        guard state.isReady || now < readyBy else { return close(because: .silent) }
        let elapsed = state.elapsed(at: now)
        for command in elapsed.timedOut { journal.failed(command, .timedOut, at: now) }
        if elapsed.isStuck { close(because: .stuck) }
        if events != nil { armTimer() }
    }
}
