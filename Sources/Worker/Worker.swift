package import Authentication
import Bytes
import EventLoop
package import HTTP1
import Redis

/// One event loop: a thread that waits for its sockets and serves them, turn by turn.
///
/// In a turn, the events that there are are read and decided on, one after another, and then their answers are sent: the client of the
/// first one would only be woken for each of them otherwise. An event costs one read and one write. What the turn's requests ask of the
/// store leaves last, in one write. Nothing here is shared with another thread but the mailbox and a count.
package struct Worker: ~Copyable {
    /// Tokens of events below are slots of connections without TLS.
    private static let mailboxToken = UInt64(1) << 32
    private static let redisTokens = RedisClient.Tokens(
        data: mailboxToken + 1, feed: mailboxToken + 2, sentinels: sentinelToken)
    /// The first door; the others come behind it.
    static let doorToken = mailboxToken + 3
    /// From here on: slots of connections with TLS. That those are told apart costs the others nothing.
    private static let securedToken = UInt64(1) << 33
    /// From here on: connections to Sentinels.
    private static let sentinelToken = UInt64(1) << 34
    /// So many connections' answers are sent before further events are decided on.
    static let parcelsTogether = 16
    /// As many connections are accepted at a door before those that there are get their turn; at the end of the loop, all
    /// that the system lets wait there, and who comes meanwhile, but not for ever.
    static let connectionsInTurn = 64
    static let connectionsAtEnd = 8_192

    package var loop: WorkerContext
    var connections = ConnectionTable()
    /// Nil when records are not in Redis.
    var redis: RedisClient?
    /// When the client is due, besides when a socket of its has something to tell and when there are look-ups.
    var redisDue = Int64.max
    /// Who asks Sentinels for this worker; nil: it does so itself.
    let watcher: WorkerMailbox?
    /// For the other workers, of the one that owns the feed.
    var lots: ChangeLots
    /// Passed when the first attempt to connect to Redis has ended.
    var gate: StartGate?
    /// What is asked of the store, and what it replied; empty between two turns, with their storage kept.
    var (questions, replies): ([Question], [NumberedReply]) = ([], [])
    /// The output of events, before it is sent.
    var parcels: [(slot: Int, output: Range<Int>)] = []
    /// What was replied to requests that go on in a later turn, in order: this one has verified enough.
    private var postponed = PostponedWork<(ticket: Ticket, reply: EffectReply)>()
    /// Connections that go on in the next turn, and those that go on in this one.
    var (paused, resumed): ([Int], [Int]) = ([], [])
    let poller = Poller()
    let buffer = ReadBuffer()
    let mailbox: WorkerMailbox
    private var inbox: [Message] = []
    let count: ConnectionCount
    private let pulse: WorkerPulse
    /// Nil when connections come in elsewhere, and from when no more are taken.
    var doors: Doors?
    /// Set while the system has no descriptors for more connections: until the next tick.
    var isShort = false
    /// When time matters next, on the steady clock, in nanoseconds: with the next tick, or for the end.
    private var alarm: Int64
    private var nextTick: Int64
    /// Set when the loop is to end: the moments when silence is over, and when everything is.
    private var ending: (silence: Int64, last: Int64)?

    package init(
        limits: ConnectionLimits, resolver: consuming Resolver, effects: WorkerEffects,
        observing rules: ObservationRules = ObservationRules(), mailbox: WorkerMailbox,
        count: ConnectionCount, doors: Doors? = nil, redis settings: RedisSettings? = nil, gate: StartGate? = nil,
        pulse: WorkerPulse = WorkerPulse()
    ) {
        self.loop = WorkerContext(limits: limits, resolver: resolver, effects: effects, observing: rules)
        redis = settings.map { settings in
            RedisClient(
                settings.configuration, role: settings.role, isWatcher: settings.watcher == nil,
                tokens: Self.redisTokens, log: settings.log)
        }
        watcher = settings?.watcher
        lots = ChangeLots(to: settings?.others ?? [])
        self.gate = gate
        self.mailbox = mailbox
        self.count = count
        self.pulse = pulse
        self.doors = doors
        self.nextTick = loop.now.steady &+ ConnectionBounds.tickNanoseconds
        self.alarm = nextTick
        let isHeard = poller.add(mailbox.bell, as: Self.mailboxToken, for: [.input, .edge])
        precondition(isHeard, "the system has no memory left for the poller of an event loop")
        if gate == nil { watchDoors() }
        redis?.start(on: poller, at: loop.now.steady)
        takeRedis()
    }

    package var connectionCount: Int { connections.count }

    /// Serves until it is told to end and has ended.
    package mutating func run() {
        while ending == nil || connections.count > 0 { turn() }
        loop.handOverObservations()
        redis?.stop(on: poller, at: loop.now.steady)
        takeRedis()
        inbox = mailbox.close()
        readInbox()
        pulse.end()
    }

    /// Waits for events and serves them.
    ///
    /// - Parameter isPatient: whether to wait, until the next tick at most; else it only looks.
    /// - Returns: how many events there were, and connections that went on.
    @discardableResult
    package mutating func turn(isPatient: Bool = true) -> Int {
        let mayWait = isPatient && paused.isEmpty && postponed.isEmpty && loop.handshakes.isEmpty
        let count = poller.wait(milliseconds: mayWait ? patience : 0)
        loop.wake()
        // Before all events: what was told to have changed is not answered from memory in this turn. The bell is among the events, or
        // was not rung at all.
        if mailbox.hasMessages {
            mailbox.take(into: &inbox)
            readInbox()
        }
        // Behind what has changed, and before what is new.
        let delivered = deliverPostponed() + goOnWithHandshakes()
        for number in 0..<count { hear(poller.event(number: number)) }
        // Behind the events: who has more to do has had its turn.
        let resumed = goOn()
        // Behind what was heard: a reply that has come is not late.
        endLateDecisions()
        // Before what may take longer: these answers depend on nothing more.
        send()
        if loop.now.steady >= alarm { passTime() }
        // One write for all look-ups of the turn. What their replies ask for leaves in the next round, after the answers.
        while isRedisDue {
            serveRedis()
            send()
        }
        lots.flush(at: loop.now.steady)
        loop.askInBackground()
        // Last: an event of this turn may have named a slot that was left in it.
        connections.recycle()
        return count + resumed + delivered
    }

    /// Ends what lasts too long.
    package mutating func sweep() {
        nextTick = loop.now.steady &+ ConnectionBounds.tickNanoseconds
        pulse.beat(at: loop.now.steady)
        loop.passTick()
        loop.askInBackground()
        if isShort { watchDoors() }
        for slot in connections.slots where connections.holds(slot: slot) {
            connections[slot].tick(on: &loop)
            settle(slot: slot)
        }
        weighFeed()
        if loop.held.shouldRelease() { Heap.trim() }
    }

    /// Takes a connection, whose socket doesn't block, and serves it from here on.
    package mutating func adopt(socket descriptor: CInt, speaking front: GatewayFront = .http) {
        let slot = connections.nextSlot
        let connection = HTTPConnection(Socket(owning: descriptor), slot: slot, speaking: front, on: loop)
        let token = Self.token(slot: slot, of: connection.channel)
        guard ending == nil, !connection.isOver, poller.add(descriptor, as: token, for: .input) else {
            return count.leave()
        }
        connections.insert(connection)
    }

    /// What the poller tells of a connection by.
    static func token(slot: Int, of channel: Channel) -> UInt64 {
        channel == .secured ? securedToken + UInt64(slot) : UInt64(slot)
    }
}

extension Worker {
    /// How long nothing has to be done unless something is heard, in milliseconds, rounded up.
    private var patience: CInt {
        let due = min(min(alarm, redisDue), min(lots.due, loop.deadlines.due))
        return CInt((max(0, due &- loop.now.steady) &+ 999_999) / 1_000_000)
    }

    private mutating func hear(_ event: Poller.Event) {
        if event.token < Self.mailboxToken {
            let slot = Int(event.token)
            guard connections.holds(slot: slot) else { return }
            connections[slot].hear(event, buffer: buffer, on: &loop)
            settle(slot: slot)
        } else if event.token == Self.mailboxToken {
            // It has woken the loop. What it rang for has been read: it stood in the mailbox before the bell was rung.
        } else if event.token < Self.doorToken || event.token >= Self.sentinelToken {
            redis?.hear(event, buffer: buffer, on: poller, at: loop.now.steady)
            takeRedis()
        } else if event.token >= Self.securedToken {
            let slot = Int(event.token - Self.securedToken)
            guard connections.holds(slot: slot) else { return }
            connections[slot].hearSecured(event, buffer: buffer, on: &loop)
            settle(slot: slot)
        } else {
            accept(at: Int(event.token - Self.doorToken), most: Self.connectionsInTurn)
        }
    }

    private mutating func readInbox() {
        for message in inbox { hear(message) }
        inbox.removeAll(keepingCapacity: true)
    }

    private mutating func hear(_ message: Message) {
        switch message {
        case .reply(let ticket, let reply): deliver(reply, to: ticket)
        case .connection(let descriptor, let front): adopt(socket: descriptor, speaking: front)
        case .open:
            doors?.open()
            watchDoors()
        case .resolved(let resolution, let answer):
            redis?.resolved(resolution, to: answer, on: poller, at: loop.now.steady)
            takeRedis()
        case .changes(let changes):
            redis?.receive(changes, on: poller, at: loop.now.steady)
            takeRedis()
        case .hold:
            // What is on its way is the former server's word, which nobody who comes with other rules is to join.
            loop.lookUps.everythingChanged()
            redis?.hold(at: loop.now.steady)
            takeRedis()
        case .adopt(let settings, let next):
            // First: a look-up that is moved may be the second one of a request that has read the first at the former server.
            loop.storeChanged()
            redis?.adopt(settings.configuration, as: settings.role, on: poller, at: loop.now.steady)
            takeRedis()
            lots.adopt(settings.others, passingOn: next)
        case .redis(let body):
            redis?.perform(body)
            redisDue = .min
        case .perform(let body): body(&loop)
        case .report(let reply): reply(report)
        case .end(let limits): end(within: limits)
        }
    }

    /// What came of an effect that a request waits for. One reply may be that of many requests, each of which has a proof of its own to
    /// be verified, or a token: those that are too many for this turn go on in later ones.
    mutating func deliver(_ reply: EffectReply, to ticket: Ticket) {
        // Behind the others, so that none waits without end.
        guard postponed.isEmpty, !loop.hasVerifiedEnough else { return postponed.append((ticket, reply)) }
        resume(with: reply, for: ticket)
    }

    /// - Returns: how many there were.
    private mutating func deliverPostponed() -> Int {
        var count = 0
        while !loop.hasVerifiedEnough, let (ticket, reply) = postponed.popFirst() {
            // A request that was given up meanwhile has another ticket, or none.
            resume(with: reply, for: ticket)
            count += 1
        }
        return count
    }

    private mutating func resume(with reply: EffectReply, for ticket: Ticket) {
        guard connections.holds(slot: ticket.slot) else { return }
        connections[ticket.slot].hear(reply, for: ticket, on: &loop)
        settle(slot: ticket.slot)
    }

    /// The moment has come that was waited for.
    private mutating func passTime() {
        if loop.now.steady >= nextTick { sweep() }
        if let ending, loop.now.steady >= ending.silence { endSilence() }
        if let ending, loop.now.steady >= ending.last {
            for slot in connections.slots where connections.holds(slot: slot) { close(slot: slot) }
        }
        alarm = min(nextTick, ending?.silence ?? .max, ending?.last ?? .max)
        send()
    }
}

// The end of the loop.
extension Worker {
    /// Who has connected is let in and served; nobody after that. Who is connected has one more request, if it comes soon.
    private mutating func end(within limits: DrainLimits) {
        guard ending == nil else { return }
        acceptQueued()
        let now = loop.now.steady
        ending = (now &+ limits.idle.nanoseconds, now &+ limits.timeout.nanoseconds)
        alarm = .min
        for slot in connections.slots where connections.holds(slot: slot) {
            connections[slot].drain(on: &loop)
            settle(slot: slot)
        }
        doors?.end(within: limits)
        doors = nil
    }

    /// The system has told those who wait at the doors that they are connected: lets them all in, and closes.
    private mutating func acceptQueued() {
        for (number, socket) in (doors?.sockets ?? []).enumerated() {
            poller.remove(socket.descriptor)
            // Where there is no file, nobody comes while the last ones are let in.
            socket.removeFile()
            // Who waits there is for the process that has not been followed.
            if doors?.areHeld == false { accept(at: number, most: Self.connectionsAtEnd) }
            socket.close()
        }
    }

    private mutating func endSilence() {
        ending?.silence = .max
        for slot in connections.slots where connections.holds(slot: slot) {
            connections[slot].endSilence(buffer: buffer, on: &loop)
            settle(slot: slot)
        }
    }
}
