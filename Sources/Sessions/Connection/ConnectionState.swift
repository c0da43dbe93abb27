package import NIOCore
package import Resolution

/// One connection to Redis, from its first byte to its last, without the I/O.
///
/// Redis answers in the order in which it was asked, so what waits is a queue. Events come in as calls; what is to be
/// done comes back as values. `Waiter` is whoever asked: a closure in the program, a number in tests.
///
/// A command that timed out stays in the queue, without its waiters, because its reply may still come and must not be
/// taken for another's. So a slow server costs its look-ups and no connection. A server that says nothing at all for
/// twice the time-out, with commands outstanding, is `stuck`: the connection is given up.
package struct ConnectionState<Waiter>: ~Copyable {
    private enum Phase {
        /// Not connected yet, or the TLS handshake is under way.
        case opening
        /// So many set-up commands are answered.
        case settingUp(Int)
        case ready
        case closed
    }

    private var phase = Phase.opening
    /// What is sent first; the connection is ready when all are answered well.
    private let setUp: [SetUpCommand]
    private let commandTimeout: TimeAmount
    /// How many look-ups may wait, and how many commands may be outstanding.
    private let limit: Int
    /// Sent and not answered, oldest first.
    private var commands = CircularBuffer<PendingCommand<Waiter>>()
    /// The commands at the front of the queue that timed out; all have one time-out, so they are always the oldest.
    private var expired = 0
    /// How many commands have left the queue's front: makes a place in the queue of a number that stays.
    private var departed = 0
    /// Which command, counted from the first ever, asks this question and can still be joined.
    private var inFlight: [InFlightKey: Int] = [:]
    /// How many waiters there are in all.
    private var waiting = 0
    /// When the last byte of sense came.
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
        phase = setUp.isEmpty ? .ready : .settingUp(0)
        return setUp
    }

    package enum Asked {
        /// Send the `GET`.
        case send
        /// The same question is on its way already: one reply answers both.
        case joined
        case refused(StoreFailure)
    }

    /// Somebody wants a record.
    package mutating func asked(_ query: RecordQuery, by waiter: Waiter, at now: NIODeadline) -> Asked {
        guard isReady else { return .refused(.disconnected) }
        guard waiting < limit else { return .refused(.overloaded) }
        let key = InFlightKey(query)
        if let number = inFlight[key] {
            waiting += 1
            commands[commands.index(commands.startIndex, offsetBy: number - departed)].joiners.append(waiter)
            return .joined
        }
        guard commands.count < limit else { return .refused(.overloaded) }
        waiting += 1
        inFlight[key] = departed + commands.count
        commands.append(PendingCommand(query: query, sent: now, waiter: waiter))
        return .send
    }

    package enum Received {
        /// More set-up replies must come.
        case settingUp
        /// That was the last set-up reply.
        case ready
        /// The server refused a set-up command: close.
        case setUpRefused(SetUpCommand.Name, RedisErrorCode)
        /// The reply is this command's.
        case answered(PendingCommand<Waiter>)
        /// The reply of a command that timed out.
        case late
        /// Nobody asked: close.
        case unsolicited
    }

    /// A whole reply has come; `error` when it is one.
    package mutating func received(error: RedisErrorCode?, at now: NIODeadline) -> Received {
        lastReply = now
        switch phase {
        case .opening, .closed:
            return .unsolicited
        case .settingUp(let answered):
            if let error { return .setUpRefused(setUp[answered].name, error) }
            phase = answered + 1 == setUp.count ? .ready : .settingUp(answered + 1)
            return isReady ? .ready : .settingUp
        case .ready:
            return answered()
        }
    }

    private mutating func answered() -> Received {
        guard let command = commands.popFirst() else { return .unsolicited }
        departed += 1
        guard expired == 0 else {
            expired -= 1
            return .late
        }
        inFlight.removeValue(forKey: InFlightKey(command.query))
        waiting -= command.waiterCount
        return .answered(command)
    }

    package struct Elapsed {
        /// Their time is up: tell their waiters.
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
            elapsed.timedOut.append(commands[index])
            inFlight.removeValue(forKey: InFlightKey(commands[index].query))
            waiting -= commands[index].waiterCount
            commands[index].forgetWaiters()
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
        let lost = Array(commands.dropFirst(expired))
        commands.removeAll()
        inFlight.removeAll()
        expired = 0
        waiting = 0
        return lost
    }
}
