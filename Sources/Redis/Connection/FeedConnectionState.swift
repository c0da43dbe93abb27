/// The phases of the feed: set-up, subscription, messages, heartbeats; without bytes and without the I/O.
package struct FeedState: ~Copyable {
    private enum Phase {
        case opening
        /// So many set-up commands are answered.
        case settingUp(Int)
        case listening
        case closed
    }

    private var phase = Phase.opening
    private var setUp: [SetUpCommand]
    /// When the set-up was sent.
    private var began = Int64.min
    /// What the server calls this connection; known before it listens.
    private var id: Int64 = 0
    /// The server; known before it listens.
    private var server: ServerID?
    /// The heartbeat that isn't answered: when it was sent, and what has to come back.
    private var heartbeat: (sent: Int64, nonce: [UInt8])?
    /// How long a heartbeat may stay unanswered.
    private let patience: Int64

    package init(setUp: [SetUpCommand], patience: Int64) {
        self.setUp = setUp
        self.patience = patience
    }

    package var isListening: Bool {
        if case .listening = phase { true } else { false }
    }

    /// Sends these first instead.
    ///
    /// - Returns: whether they are in time.
    package mutating func replaceSetUp(by commands: [SetUpCommand]) -> Bool {
        guard case .opening = phase else { return false }
        setUp = commands
        return true
    }

    /// The transport stands. Gives the commands to send.
    package mutating func connected(at now: Int64) -> [SetUpCommand] {
        phase = .settingUp(0)
        // The moment of sending, not of the reply: trust counts from it, and is only shorter for a reply that took long.
        began = now
        return setUp
    }

    package enum Received: Hashable {
        case settingUp
        /// Subscribed at this server as this client; what happened since `sent` is told.
        case listening(id: Int64, ServerID?, sent: Int64)
        case setUpRefused(SetUpCommand.Name, RedisErrorCode)
        case changed
        case everythingChanged
        /// The heartbeat that was sent then is answered.
        case alive(Int64)
        /// Not what was asked for: close.
        case unsolicited
    }

    /// A whole reply or message has come.
    package mutating func received(_ message: FeedMessage) -> Received {
        switch phase {
        case .opening, .closed: .unsolicited
        case .settingUp(let answered): settingUp(with: message, answered: answered)
        case .listening: listening(to: message)
        }
    }

    private mutating func settingUp(with message: FeedMessage, answered: Int) -> Received {
        let command = setUp[answered].name
        // Each reply by its form as well as by its place: a reply that is missing would move all others up, and the id of the
        // client, to which the data connection is redirected, would be another's number.
        switch (command, message) {
        case (_, .error(let error)): return .setUpRefused(command, error)
        case (.clientID, .integer(let number)): id = number
        case (.info, .text(let info)): server = ServerID(info: info)
        case (.subscribe, .subscribed), (.auth, .status), (.ping, .status): break
        default: return .unsolicited
        }
        guard answered + 1 == setUp.count else {
            phase = .settingUp(answered + 1)
            return .settingUp
        }
        // `SUBSCRIBE` is the last command, so the id and the server are known by now, and no message can come before this.
        phase = .listening
        return .listening(id: id, server, sent: began)
    }

    private mutating func listening(to message: FeedMessage) -> Received {
        switch message {
        case .changed: return .changed
        case .everythingChanged: return .everythingChanged
        case .alive(let nonce):
            // Another nonce is the reply to another's `PING`, through a proxy that shares connections: it says nothing of what this
            // connection was told.
            guard let heartbeat, heartbeat.nonce == nonce else { return .unsolicited }
            self.heartbeat = nil
            return .alive(heartbeat.sent)
        case .error, .integer, .status, .subscribed, .text, .other: return .unsolicited
        }
    }

    package enum Beat: Hashable {
        case none
        /// Send a `PING` with this.
        case send(nonce: [UInt8])
        /// The last one was not answered in time: close.
        case stuck
    }

    /// It is time for a heartbeat.
    package mutating func beat(nonce: UInt64, at now: Int64) -> Beat {
        guard isListening else { return .none }
        // One at a time: messages and replies come in order, so that a second one would prove nothing that this one doesn't, and
        // its absence is judged from when it was sent.
        guard let heartbeat else {
            let nonce = ServerProof.text(of: nonce)
            self.heartbeat = (now, nonce)
            return .send(nonce: nonce)
        }
        return heartbeat.sent + patience <= now ? .stuck : .none
    }

    package mutating func closed() {
        phase = .closed
    }
}

/// The feed, the connection on which Redis tells what changed, without the I/O. Performs what `FeedState` says.
package struct FeedConnectionState: RedisConversation, ~Copyable {
    /// What happens to the connection, in order.
    package enum Event: Hashable, Sendable {
        /// This server tells this client; what happened since `sent` is told.
        ///
        /// - Parameter tellsItself: whether it does without having another connection redirected to it.
        case listening(id: Int64, ServerID?, sent: Int64, tellsItself: Bool)
        /// These keys were changed, or forgotten by the server's table of tracked keys; by several messages, if they came together.
        case changed(KeyList)
        /// The server was emptied.
        case everythingChanged
        /// The heartbeat that was sent then is answered.
        case alive(sent: Int64)
        /// Once, and last: it is gone, or never came about.
        case closed(ConnectionFailure)
    }

    private var state: FeedState
    private var address: RedisAddress
    /// Nil while it reads.
    private var reader: ReplyReader? = ReplyReader()
    /// Until when the set-up must be done.
    private let readyBy: Int64
    private var outgoing = CommandBuffer()
    private var events = FeedEvents()
    package private(set) var isOver = false

    package init(_ options: RedisOptions, at now: Int64) {
        address = options.address
        state = FeedState(
            setUp: SetUpCommand.feedCommands(for: address),
            patience: options.commandTimeout + options.commandTimeout)
        readyBy = now + options.connectTimeout
    }

    package var isReady: Bool { state.isListening }
    package var hasOutput: Bool { !outgoing.isEmpty }
    /// The heartbeat's own deadline is judged by `beat`.
    package var deadline: Int64? { isOver || isReady ? nil : readyBy }

    package mutating func connected(at now: Int64) {
        for command in state.connected(at: now) { outgoing.append(command.arguments) }
    }

    /// Goes on with other credentials. A subscriber may not tell the server of them (RESP2), so one that stands ends.
    package mutating func use(_ credentials: RedisCredentials, at now: Int64) {
        guard address.credentials != credentials else { return }
        address.credentials = credentials
        if !state.replaceSetUp(by: SetUpCommand.feedCommands(for: address)) { close(because: .renewed, at: now) }
    }

    /// Sends a heartbeat, unless one is on its way; gives the server up when that one has waited for too long.
    package mutating func beat(at now: Int64) {
        switch state.beat(nonce: .random(in: .min ... .max), at: now) {
        case .none: break
        case .send(let nonce): outgoing.append([Array("PING".utf8), nonce])
        case .stuck: close(because: .stuck, at: now)
        }
    }

    package mutating func receive(_ bytes: RawSpan, at now: Int64) {
        // Taken out, because each message is given to `self` while the reader still has it.
        guard var reader = reader.take() else { return }
        read(bytes, by: &reader, at: now) { $0.receive($1, at: now) }
        self.reader = consume reader
    }

    private mutating func receive(_ reply: RedisReply, at now: Int64) {
        switch state.received(FeedMessage(reply)) {
        case .settingUp: break
        case .setUpRefused(let command, let error): close(because: .refused(command, error), at: now)
        case .unsolicited: close(because: .unsolicited, at: now)
        case .listening(let id, let server, let sent):
            events.tell(.listening(id: id, server, sent: sent, tellsItself: false))
        case .changed: events.changed.append(changedBy: reply)
        case .everythingChanged: events.tell(.everythingChanged)
        case .alive(let sent): events.tell(.alive(sent: sent))
        }
    }

    package mutating func breakOff(at now: Int64) {
        close(because: isReady ? .closedByServer : .turnedAway, at: now)
    }

    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        // The first reason is the one that is told: what follows is its consequence.
        guard !isOver else { return }
        isOver = true
        state.closed()
        events.tell(.closed(failure))
    }

    package mutating func expire(at now: Int64) {
        if !isOver, !isReady, now >= readyBy { close(because: .silent, at: now) }
    }

    /// Exchanges the events that have happened for an empty list.
    package mutating func takeEvents(into list: inout [Event]) { events.take(into: &list) }

    package mutating func send(by write: (RawSpan) -> Int) {
        outgoing.send(by: write)
    }
}
