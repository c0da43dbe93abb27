import DequeModule

/// What a command was sent for.
///
/// Not within `PendingCommand`: in a generic type it would be copied and destroyed by way of metadata.
package enum CommandPurpose: Hashable, Sendable {
    /// `GET` that somebody waits for, or has waited for.
    case lookUp
    /// `PTTL` of the key whose `GET` follows.
    case timeToLive
    /// A question of the proof of whom the connection leads to, with the nonce of its round.
    case proof(ServerProof.Question, nonce: UInt64)
    /// `GET` of a key that does not exist, one of a trial's: can such keys be read?
    case trial(Int, question: Int)
    /// `CLIENT TRACKING OFF`
    case untracking
    /// `CLIENT TRACKING ON REDIRECT` to this client
    case redirection(Int64)
    /// `AUTH`, on a connection that stands.
    case authentication
}

/// A command that was sent and is not answered, and its waiter.
package struct PendingCommand<Waiter> {
    package let purpose: CommandPurpose
    /// On the steady clock, in nanoseconds.
    package let sent: Int64
    /// Nil when the command timed out, and for commands of the connection's own.
    package private(set) var waiter: Waiter?

    init(_ purpose: CommandPurpose, sent: Int64, waiter: Waiter? = nil) {
        self.purpose = purpose
        self.sent = sent
        self.waiter = waiter
    }

    mutating func takeWaiter() -> Waiter? { waiter.take() }
}

/// Why a look-up has no reply that can be used.
package enum LookUpFailure: Error, Hashable, CaseIterable, Sendable {
    /// There is no connection, or it was lost.
    case disconnected
    /// No reply came within `command_timeout`.
    case timedOut
    /// The server answered otherwise than its protocol says.
    case refused
    /// The server is not the one to be believed.
    case notPrimary
    /// As many commands are outstanding as may be.
    case overloaded
}

/// The pipeline of one connection to Redis, as a state machine: which commands are outstanding, and whose each reply is.
///
/// Redis answers in the order in which it was asked, so what is outstanding is a queue. Events come in as calls; what is to be
/// done comes back as values. `Waiter` is a number in the program, a word in tests. All times are nanoseconds of the steady clock.
///
/// A command that timed out stays in the queue, without its waiter, because its reply may still come and must not be
/// taken for another's. So a slow server costs its look-ups and no connection. A server that says nothing at all for
/// twice the time-out, with commands outstanding, is `stuck`: the connection is given up.
package struct CommandPipeline<Waiter>: ~Copyable {
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
    private var setUp: [SetUpCommand]
    private let commandTimeout: Int64
    /// How many commands may be outstanding.
    private let limit: Int
    /// Sent and not answered, oldest first.
    private var commands = Deque<PendingCommand<Waiter>>()
    /// The commands at the front of the queue that timed out; all have one time-out, so they are always the oldest.
    private var expired = 0
    /// When the last byte came.
    private var lastReply = Int64.min

    package init(setUp: [SetUpCommand], commandTimeout: Int64, limit: Int) {
        self.setUp = setUp
        self.commandTimeout = commandTimeout
        self.limit = limit
    }

    /// Commands that are sent and not answered.
    package var count: Int { commands.count }

    package var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    /// Whether commands of the connection's own can be sent: the transport stands.
    package var isOpen: Bool {
        switch phase {
        case .opening, .closed: false
        case .settingUp, .proving, .ready: true
        }
    }

    /// Sends these first instead. To be called before the transport stands.
    package mutating func replaceSetUp(by commands: [SetUpCommand]) {
        if case .opening = phase { setUp = commands }
    }

    // MARK: Events

    /// The transport stands. Gives the commands to send.
    package mutating func connected() -> [SetUpCommand] {
        phase = setUp.isEmpty ? .proving : .settingUp(0)
        return setUp
    }

    package enum Admission {
        /// Send the `GET`.
        case send
        case refused(LookUpFailure)
    }

    /// Admits a look-up.
    ///
    /// - Parameter withEnd: whether a `PTTL` is sent before the `GET`.
    package mutating func admit(for waiter: Waiter, withEnd: Bool = false, at now: Int64) -> Admission {
        guard isReady else { return .refused(.disconnected) }
        // Expired commands count: a server that is behind gets no more work than it can have outstanding.
        guard commands.count < limit else { return .refused(.overloaded) }
        // Before its `GET`: the end is then known when the value comes, and a key that ended in between has no value.
        if withEnd { commands.append(PendingCommand(.timeToLive, sent: now)) }
        commands.append(PendingCommand(.lookUp, sent: now, waiter: waiter))
        return .send
    }

    /// Admits a command of the connection's own; false when it can't be sent. These are few, so they have no limit.
    package mutating func admit(_ purpose: CommandPurpose, at now: Int64) -> Bool {
        guard isOpen else { return false }
        // During the set-up, too: its replies come first, and are counted by the phase, not by this queue.
        commands.append(PendingCommand(purpose, sent: now))
        return true
    }

    /// The server is who it should be.
    ///
    /// - Returns: whether the connection has become ready by that.
    package mutating func proven() -> Bool {
        // Each heartbeat proves it anew; the first one alone makes the connection ready.
        guard case .proving = phase else { return false }
        phase = .ready
        return true
    }

    package enum Received {
        /// It was a reply to the set-up.
        case settingUp
        /// The server refused a set-up command: close.
        case setUpRefused(SetUpCommand.Name, RedisErrorCode)
        /// The reply is this waiter's, whose look-up was sent then.
        case answered(Waiter, sent: Int64)
        /// The reply says how long the key lives whose value comes next. It was sent then.
        case timeToLive(sent: Int64)
        /// The reply says whom the connection leads to, or led to when the question was sent.
        case proof(ServerProof.Question, nonce: UInt64, sent: Int64)
        /// The redirection to this client is done, or refused.
        case redirected(Int64, RedisErrorCode?)
        /// The server takes other credentials, or refuses them.
        case authenticated(RedisErrorCode?)
        /// The server no longer tells of changes, if it did: what comes next says whether it does anew.
        case untracked
        /// The reply is to this question of this trial.
        case tried(Int, question: Int)
        /// The reply of a command that timed out.
        case late
        /// No command is outstanding: close.
        case unsolicited
    }

    /// Bytes have come, of whichever reply.
    package mutating func heard(at now: Int64) {
        lastReply = now
    }

    /// A whole reply has come; `error` when it is one.
    package mutating func received(error: RedisErrorCode?, at now: Int64) -> Received {
        lastReply = now
        switch phase {
        case .opening, .closed:
            return .unsolicited
        case .settingUp(let answered):
            if let error, !setUp[answered].mayBeRefused(with: error) {
                return .setUpRefused(setUp[answered].name, error)
            }
            // Proving, not ready: that a server takes the password says nothing of its role.
            phase = answered + 1 == setUp.count ? .proving : .settingUp(answered + 1)
            return .settingUp
        case .proving, .ready:
            return answered(error: error)
        }
    }

    private mutating func answered(error: RedisErrorCode?) -> Received {
        guard let command = commands.popFirst() else { return .unsolicited }
        // The oldest command was answered, and the expired ones are the oldest: whichever it was, one fewer is outstanding.
        if expired > 0 { expired -= 1 }
        switch command.purpose {
        case .proof(let question, let nonce): return .proof(question, nonce: nonce, sent: command.sent)
        case .trial(let number, let question): return .tried(number, question: question)
        case .timeToLive: return .timeToLive(sent: command.sent)
        case .untracking: return .untracked
        case .redirection(let client): return .redirected(client, error)
        case .authentication: return .authenticated(error)
        case .lookUp:
            guard let waiter = command.waiter else { return .late }
            return .answered(waiter, sent: command.sent)
        }
    }

    package struct Elapsed {
        /// Who has waited for too long, and must be told.
        package var timedOut: [Waiter] = []
        /// The server has said nothing for too long: close.
        package var isStuck = false
        /// When to call again; nil when nothing is outstanding.
        package var next: Int64?
    }

    /// Expires the commands whose deadline has passed.
    package mutating func elapsed(at now: Int64) -> Elapsed {
        var elapsed = Elapsed()
        while expired < commands.count {
            guard commands[expired].sent + commandTimeout <= now else { break }
            // The command stays: its reply still comes, or the connection is stuck.
            if let waiter = commands[expired].takeWaiter() { elapsed.timedOut.append(waiter) }
            expired += 1
        }
        elapsed.isStuck = stuckAt.map { $0 <= now } ?? false
        elapsed.next = nextDeadline
        return elapsed
    }

    /// When `elapsed` has something to do next; nil when nothing is outstanding.
    package var nextDeadline: Int64? {
        guard let stuckAt else { return nil }
        guard expired < commands.count else { return stuckAt }
        return min(stuckAt, commands[expired].sent + commandTimeout)
    }

    /// Counted from the later of the two: a server that was idle owes nothing, and one that answers others is alive.
    private var stuckAt: Int64? {
        commands.first.map { oldest in max(oldest.sent, lastReply) + commandTimeout + commandTimeout }
    }

    /// The connection is gone. Gives everybody who still waits, to be told.
    package mutating func closed() -> [Waiter] {
        phase = .closed
        let lost = commands.compactMap(\.waiter)
        commands.removeAll()
        expired = 0
        return lost
    }
}
