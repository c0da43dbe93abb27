package import Authentication
package import NIOCore

/// One connection to Redis, from its first byte to its last, without the I/O.
///
/// Redis answers in the order in which it was asked, so what waits is a queue. Events come in as calls; what is to be
/// done comes back as values. `Waiter` is whoever asked: a number in the program, a word in tests.
///
/// A command that timed out stays in the queue, without its waiter, because its reply may still come and must not be
/// taken for another's. So a slow server costs its look-ups and no connection. A server that says nothing at all for
/// twice the time-out, with commands outstanding, is `stuck`: the connection is given up.
package struct ConnectionState<Waiter>: ~Copyable {
    private enum Phase {
        /// Not connected yet, or the TLS handshake is under way.
        case opening
        /// So many set-up commands are answered.
        case settingUp(Int)
        /// All are, and whom it leads to is not known yet.
        case proving
        case ready
        case closed
    }

    private var phase = Phase.opening
    /// What is sent first; when all are answered well, and the server is who it should be, the connection is ready.
    private let setUp: [SetUpCommand]
    private let commandTimeout: TimeAmount
    /// How many commands may be outstanding.
    private let limit: Int
    /// Sent and not answered, oldest first.
    private var commands = CircularBuffer<PendingCommand<Waiter>>()
    /// The commands at the front of the queue that timed out; all have one time-out, so they are always the oldest.
    private var expired = 0
    /// When the last byte came.
    private var lastReply = NIODeadline.distantPast

    package init(setUp: [SetUpCommand], commandTimeout: TimeAmount, limit: Int) {
        self.setUp = setUp
        self.commandTimeout = commandTimeout
        self.limit = limit
    }

    package var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    // MARK: Events

    /// The transport stands. Gives the commands to send.
    package mutating func connected() -> [SetUpCommand] {
        phase = setUp.isEmpty ? .proving : .settingUp(0)
        return setUp
    }

    package enum Asked {
        /// Send the `GET`.
        case send
        case refused(StoreFailure)
    }

    /// Somebody wants a record.
    ///
    /// - Parameter withEnd: whether a `PTTL` is sent before the `GET`.
    package mutating func asked(
        _ query: RecordQuery, by waiter: Waiter, withEnd: Bool = false, at now: NIODeadline
    ) -> Asked {
        guard isReady else { return .refused(.disconnected) }
        guard commands.count < limit else { return .refused(.overloaded) }
        if withEnd { commands.append(PendingCommand(.timeToLive, sent: now)) }
        commands.append(PendingCommand(.record(query), sent: now, waiter: waiter))
        return .send
    }

    /// We want to know something for ourselves; false when it can't be asked. These are few, so they have no limit.
    package mutating func asked(_ purpose: CommandPurpose, at now: NIODeadline) -> Bool {
        switch phase {
        case .opening, .closed: return false
        // Their replies come behind those to the set-up.
        case .settingUp, .proving, .ready: commands.append(PendingCommand(purpose, sent: now))
        }
        return true
    }

    /// The server is who it should be.
    ///
    /// - Returns: whether the connection has become ready by that.
    package mutating func proven() -> Bool {
        guard case .proving = phase else { return false }
        phase = .ready
        return true
    }

    package enum Received {
        /// It was a reply to the set-up.
        case settingUp
        /// The server refused a set-up command: close.
        case setUpRefused(SetUpCommand.Name, RedisErrorCode)
        /// The reply is this look-up's, which was asked for then; nobody waits when it was asked for somebody who is gone.
        case answered(RecordQuery, sent: NIODeadline, Waiter?)
        /// The reply says how long the record lives whose reply comes next. It was asked for then.
        case timeToLive(sent: NIODeadline)
        /// The reply says whom the connection leads to, or who was there when it was sent.
        case proof(ServerProof.Question, nonce: UInt64, sent: NIODeadline)
        /// The redirection to this client is done, or refused.
        case redirected(Int64, RedisErrorCode?)
        /// The server no longer tells of changes, if it did: what comes next says whether it does anew.
        case untracked
        /// The reply is this trial's.
        case tried(Int, RecordQuery.Kind)
        /// The reply of a command that timed out.
        case late
        /// Nobody asked: close.
        case unsolicited
    }

    /// Bytes have come, of whichever reply.
    package mutating func heard(at now: NIODeadline) {
        lastReply = now
    }

    /// A whole reply has come; `error` when it is one.
    package mutating func received(error: RedisErrorCode?, at now: NIODeadline) -> Received {
        lastReply = now
        switch phase {
        case .opening, .closed:
            return .unsolicited
        case .settingUp(let answered):
            if let error { return .setUpRefused(setUp[answered].name, error) }
            phase = answered + 1 == setUp.count ? .proving : .settingUp(answered + 1)
            return .settingUp
        case .proving, .ready:
            return answered(error: error)
        }
    }

    private mutating func answered(error: RedisErrorCode?) -> Received {
        guard let command = commands.popFirst() else { return .unsolicited }
        let isLate = expired > 0
        if isLate { expired -= 1 }
        switch command.purpose {
        case .proof(let question, let nonce): return .proof(question, nonce: nonce, sent: command.sent)
        case .trial(let number, let kind): return .tried(number, kind)
        case .timeToLive: return .timeToLive(sent: command.sent)
        case .untracking: return .untracked
        case .redirection(let client): return .redirected(client, error)
        case .record where isLate: return .late
        case .record(let query): return .answered(query, sent: command.sent, command.waiter)
        }
    }

    package struct Elapsed {
        /// Their time is up: their waiters must be told.
        package var timedOut: [PendingCommand<Waiter>] = []
        /// The server has said nothing for too long: close.
        package var isStuck = false
        /// When to call again; nil when nothing is outstanding.
        package var next: NIODeadline?
    }

    /// Time has passed.
    package mutating func elapsed(at now: NIODeadline) -> Elapsed {
        var elapsed = Elapsed()
        while expired < commands.count {
            let index = commands.index(commands.startIndex, offsetBy: expired)
            guard commands[index].sent + commandTimeout <= now else { break }
            if commands[index].query != nil {
                elapsed.timedOut.append(commands[index])
                commands[index].forgetWaiter()
            }
            expired += 1
        }
        elapsed.isStuck = stuckAt.map { $0 <= now } ?? false
        elapsed.next = nextDeadline
        return elapsed
    }

    /// When `elapsed` has something to do next; nil when nothing is outstanding.
    package var nextDeadline: NIODeadline? {
        guard let stuckAt else { return nil }
        guard expired < commands.count else { return stuckAt }
        let oldest = commands[commands.index(commands.startIndex, offsetBy: expired)]
        return min(stuckAt, oldest.sent + commandTimeout)
    }

    private var stuckAt: NIODeadline? {
        commands.first.map { oldest in max(oldest.sent, lastReply) + commandTimeout + commandTimeout }
    }

    /// The connection is gone. Gives every command that has waiters: tell them.
    package mutating func closed() -> [PendingCommand<Waiter>] {
        phase = .closed
        let lost = Array(commands.dropFirst(expired)).filter { command in command.query != nil }
        commands.removeAll()
        expired = 0
        return lost
    }
}
