import Bytes
package import EventLoop
package import Redis

/// One connection to Redis on a worker's own loop, and those that follow it: resolves, connects, reads, writes, and connects
/// again after a pause. Performs what the conversation's state says, and decides nothing of what is said.
package struct RedisLink<Conversation: RedisConversation & ~Copyable>: ~Copyable {
    private enum Phase {
        /// Not started yet, or ended for good.
        case stopped
        /// Until the next attempt.
        case pausing(until: Int64)
        /// The host's addresses are being resolved, or credentials read from files, by the request with this number.
        case resolving(Int)
        /// A socket is connecting, until this moment.
        case connecting(until: Int64)
        case connected
    }

    private var settings: RedisConfiguration
    private let token: UInt64
    private var phase = Phase.stopped
    private var backoff = ReconnectSchedule()
    /// The attempt or the connection; nil between attempts.
    package var conversation: Conversation?
    private var transport: Transport?
    /// What the poller was told.
    private var registered = Poller.Interest.input
    /// Set when the system takes no more bytes for the connection.
    private var isOutputBroken = false
    /// Until when nothing is read, because what comes can wait so long.
    private var mutedUntil: Int64?
    /// Set when the last read left something behind, as far as is known.
    private var mayHaveMore = false
    /// Of the attempt: when it began, the addresses to try, and which comes next.
    private var began: Int64 = 0
    private var addresses: [SocketAddress] = []
    private var nextAddress = 0
    /// Attempts so far: each begins with another of a name's addresses.
    private var attempts = 0
    /// Where it has arrived: the address, or the file of a Unix socket.
    private(set) var peer: (address: SocketAddress, file: [UInt]?)?

    /// - Parameter token: whose events of the poller are the link's.
    package init(_ settings: RedisConfiguration, token: UInt64) {
        self.settings = settings
        self.token = token
    }

    package var isStopped: Bool { if case .stopped = phase { true } else { false } }

    /// Whether nothing happens until the next attempt.
    var isPausing: Bool { if case .pausing = phase { true } else { false } }

    /// Whether there is an attempt or a connection.
    var isUnderWay: Bool {
        switch phase {
        case .resolving, .connecting, .connected: true
        case .stopped, .pausing: false
        }
    }

    /// When `pass` has something to do; far away when it has not.
    package var due: Int64 {
        let own: Int64 =
            switch phase {
            case .stopped, .resolving, .connected: .max
            case .pausing(let moment), .connecting(let moment): moment
            }
        return min(own, deadline, mutedUntil ?? .max)
    }

    /// The conversation's own; far away when it has none.
    private var deadline: Int64 {
        switch conversation {
        case .some(let conversation): conversation.deadline ?? .max
        case .none: .max
        }
    }

    /// Whether there is a conversation that is over, which nobody has heard of yet.
    package var isOver: Bool {
        switch conversation {
        case .some(let conversation): conversation.isOver
        case .none: false
        }
    }
}

// Attempts.
extension RedisLink where Conversation: ~Copyable {
    /// Begins an attempt.
    ///
    /// - Parameters:
    ///   - conversation: of the attempt; it is closed when the attempt fails.
    ///   - resolution: where the server is a name, or credentials come from files, `resolved` is told its addresses under this number.
    package mutating func attempt(
        _ conversation: consuming Conversation, on poller: borrowing Poller, resolution: Int, at now: Int64
    ) {
        self.conversation = consume conversation
        backoff.attemptBegan(at: now)
        began = now
        attempts &+= 1
        switch settings.place {
        case .address(let address) where settings.credentialFiles == nil: dial([address], on: poller, at: now)
        // Files are read, too, away from the loop.
        case .address, .name: phase = .resolving(resolution)
        case .nowhere: fail(because: .unknownHost, at: now)
        }
    }

    /// What the attempt waits for was found out, for the request with this number.
    package mutating func resolved(
        _ resolution: Int, to addresses: [SocketAddress], on poller: borrowing Poller, at now: Int64
    ) {
        guard case .resolving(resolution) = phase else { return }
        guard !addresses.isEmpty else { return fail(because: .unknownHost, at: now) }
        let first = attempts % addresses.count
        dial(Array(addresses[first...] + addresses[..<first]), on: poller, at: now)
    }

    private mutating func dial(_ addresses: [SocketAddress], on poller: borrowing Poller, at now: Int64) {
        self.addresses = addresses
        nextAddress = 0
        dialNext(after: .noAnswer, on: poller, at: now)
    }

    /// Tries the address that comes next. Of several failures the last is told: they seldom differ.
    private mutating func dialNext(after failure: ConnectionFailure, on poller: borrowing Poller, at now: Int64) {
        transport = nil
        var failure = failure
        while nextAddress < addresses.count {
            let address = addresses[nextAddress]
            nextAddress += 1
            switch Socket.connect(to: address) {
            case .failed(let code): failure = ConnectionFailure(errno: code)
            case .connected(let socket):
                guard open(socket, at: address, on: poller, interest: [.input], now: now) else { return }
                return connected(at: now)
            case .pending(let socket):
                guard open(socket, at: address, on: poller, interest: [.output], now: now) else { return }
                // Each address has its share of the time.
                let share = settings.options.connectTimeout / Int64(addresses.count)
                phase = .connecting(until: began.addingSaturated(share * Int64(nextAddress)))
                return
            }
        }
        fail(because: failure, at: now)
    }

    private mutating func open(
        _ socket: consuming Socket, at address: SocketAddress, on poller: borrowing Poller,
        interest: Poller.Interest, now: Int64
    ) -> Bool {
        guard poller.add(socket.descriptor, as: token, for: interest) else {
            fail(because: .unreachable("the system has no memory left for it"), at: now)
            return false
        }
        registered = interest
        var file: [UInt]?
        if case .unix(let path) = address { file = NameService.file(at: path) }
        peer = (address, file)
        do throws(ConnectionFailure) {
            transport = Transport(socket, tls: try settings.tls?.session(to: settings.options.address.endpoint))
        } catch {
            fail(because: error, at: now)
            return false
        }
        return true
    }

    private mutating func connected(at now: Int64) {
        phase = .connected
        conversation?.connected(at: now)
    }

    private mutating func fail(because failure: ConnectionFailure, at now: Int64) {
        conversation?.close(because: failure, at: now)
    }
}

// What happens.
extension RedisLink where Conversation: ~Copyable {
    /// The socket has something to tell.
    package mutating func hear(
        _ event: Poller.Event, buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64
    ) {
        switch phase {
        case .stopped, .pausing, .resolving: break
        case .connecting:
            guard let code = transport?.socket.connectionError else { return }
            if code == 0 {
                connected(at: now)
            } else {
                dialNext(after: ConnectionFailure(errno: code), on: poller, at: now)
            }
        case .connected:
            // What the server said before it closed is read first: it may say why.
            if event.isReadable {
                read(into: buffer, at: now)
            } else if event.isBroken {
                conversation?.breakOff(at: now)
            }
        }
    }

    /// Reads once what has come.
    private mutating func read(into buffer: borrowing ReadBuffer, at now: Int64) {
        guard var transport = transport.take() else { return }
        let reading = transport.read(into: buffer) { bytes in conversation?.receive(bytes, at: now) }
        self.transport = consume transport
        switch reading {
        case .open(let mayHaveMore): self.mayHaveMore = mayHaveMore
        case .ended: conversation?.breakOff(at: now)
        case .failed(let failure): fail(because: failure, at: now)
        }
    }

    /// Reads nothing until then, and then at once; unless there is more than one read takes: a backlog would only grow.
    package mutating func mute(until moment: Int64) {
        if !mayHaveMore { mutedUntil = moment }
    }

    /// Does what is due. Reads before that, so that the server is not taken for late when it is the worker that was.
    package mutating func pass(buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64) {
        switch phase {
        case .connecting(let deadline) where now >= deadline: dialNext(after: .noAnswer, on: poller, at: now)
        case .connected where deadline <= now || isMuteOver(at: now): read(into: buffer, at: now)
        default: break
        }
        if deadline <= now { expire(at: now) }
        if isMuteOver(at: now) { mutedUntil = nil }
    }

    private func isMuteOver(at now: Int64) -> Bool { mutedUntil.map { $0 <= now } ?? false }

    private mutating func expire(at now: Int64) {
        // Nobody answers at the address, which is something else than a server that is silent.
        if case .connected = phase { conversation?.expire(at: now) } else { fail(because: .noAnswer, at: now) }
    }

    /// Writes what there is, as far as the system takes it, and tells the poller what to listen for.
    package mutating func flush(on poller: borrowing Poller, at now: Int64) {
        guard case .connected = phase, var transport = transport.take() else { return }
        var isBroken = false
        if !isOutputBroken, conversation?.hasOutput ?? false {
            conversation?.send { bytes in
                guard let count = transport.write(bytes) else {
                    isBroken = true
                    return 0
                }
                return count
            }
        }
        if !isOutputBroken, !transport.flush() { isBroken = true }
        let isBlocked = !isBroken && !isOutputBroken && (conversation?.hasOutput ?? false || transport.hasOutput)
        let interest = Poller.Interest(input: mutedUntil == nil, output: isBlocked)
        if interest != registered {
            registered = interest
            poller.change(transport.socket.descriptor, as: token, to: interest)
        }
        self.transport = consume transport
        // Not over yet: what the server said before it closed, such as a TLS alert, is still to be read. The poller tells.
        if isBroken { isOutputBroken = true }
    }

    /// The set-up is done.
    package mutating func becameReady(at now: Int64) {
        backoff.becameReady(at: now)
    }

    /// The conversation is over: closes the socket, and plans the next attempt.
    ///
    /// - Parameter pause: the shortest time until then, in nanoseconds.
    package mutating func lost(pause: Int64 = 0, at now: Int64) {
        conversation = nil
        transport = nil
        peer = nil
        mutedUntil = nil
        mayHaveMore = false
        isOutputBroken = false
        guard !isStopped else { return }
        let moment = backoff.failed(at: now, jitter: Double.random(in: 0..<1))
        phase = .pausing(until: max(moment, now + pause))
    }

    /// Takes other settings: what they lead to is connected to at once, and what is connected is left. `lost` follows where there
    /// was a conversation, and then `start`.
    mutating func adopt(_ settings: RedisConfiguration, at now: Int64) {
        self.settings = settings
        backoff = ReconnectSchedule()
        fail(because: .reconfigured, at: now)
    }

    /// Leads elsewhere from the next attempt on. To be called between attempts.
    ///
    /// - Parameter isNew: whether what failed before says nothing of it.
    mutating func lead(by settings: RedisConfiguration, isNew: Bool) {
        self.settings = settings
        if isNew { backoff = ReconnectSchedule() }
    }

    /// Has the attempt that is due wait until then, or for `start`.
    mutating func postpone(until moment: Int64) {
        if case .pausing = phase { phase = .pausing(until: moment) }
    }

    /// Makes the attempt that waits.
    mutating func resume(at now: Int64) {
        if case .pausing = phase { start(at: now) }
    }

    /// An attempt that was due came to nothing before there was anything to connect to.
    mutating func failed(at now: Int64) {
        backoff.attemptBegan(at: now)
        lost(at: now)
    }

    /// Whether it is time for an attempt.
    package func isAttemptDue(at now: Int64) -> Bool {
        if case .pausing(let moment) = phase { now >= moment } else { false }
    }

    /// Allows attempts, the first at once.
    package mutating func start(at now: Int64) {
        phase = .pausing(until: now)
    }

    /// Ends the connection, and attempts no more.
    package mutating func stop(at now: Int64) {
        // The phase first: the loss that follows plans no attempt.
        phase = .stopped
        fail(because: .stopped, at: now)
    }
}
