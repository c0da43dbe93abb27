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
    /// Tokens of events below are slots of connections.
    private static let mailboxToken = UInt64(1) << 32
    private static let redisTokens = RedisClient.Tokens(data: mailboxToken + 1, feed: mailboxToken + 2)
    /// The first door; the others come behind it.
    static let doorToken = mailboxToken + 3
    /// So many connections' answers are sent before further events are decided on.
    private static let parcelsTogether = 16
    /// As many connections are accepted at a door before those that there are get their turn; at the end of the loop, all
    /// that the system lets wait there, and who comes meanwhile, but not for ever.
    static let (connectionsInTurn, connectionsAtEnd) = (64, 8_192)

    package var loop: WorkerContext
    var connections = ConnectionTable()
    /// Nil when records are not in Redis.
    private var redis: RedisClient?
    /// When the client is due, besides when a socket of its has something to tell and when there are look-ups.
    private var redisDue = Int64.max
    /// For the other workers, of the one that owns the feed.
    private var lots: ChangeLots
    /// Passed when the first attempt to connect to Redis has ended.
    private var gate: StartGate?
    /// What is asked of the store, and what it replied; empty between two turns, with their storage kept.
    private var (questions, replies): ([Question], [NumberedReply]) = ([], [])
    /// The output of events, before it is sent.
    private var parcels: [(slot: Int, output: Range<Int>)] = []
    /// Connections that go on in the next turn, and those that go on in this one.
    private var (paused, resumed): ([Int], [Int]) = ([], [])
    let poller = Poller()
    private let buffer = ReadBuffer()
    private let mailbox: WorkerMailbox
    private var inbox: [Message] = []
    let count: ConnectionCount
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
        limits: ConnectionLimits, resolver: consuming Resolver, effects: WorkerEffects, mailbox: WorkerMailbox,
        count: ConnectionCount, doors: Doors? = nil, redis settings: RedisSettings? = nil, gate: StartGate? = nil
    ) {
        self.loop = WorkerContext(limits: limits, resolver: resolver, effects: effects)
        redis = settings.map { settings in
            RedisClient(settings.configuration, role: settings.role, tokens: Self.redisTokens, log: settings.log)
        }
        lots = ChangeLots(to: settings?.others ?? [])
        self.gate = gate
        self.mailbox = mailbox
        self.count = count
        self.doors = doors
        self.nextTick = loop.now.steady &+ ConnectionBounds.tickNanoseconds
        self.alarm = nextTick
        let isHeard = poller.add(mailbox.bell, as: Self.mailboxToken, [.input, .edge])
        precondition(isHeard, "the system has no memory left for the poller of an event loop")
        if gate == nil { watchDoors() }
        redis?.start(poller, at: loop.now.steady)
        takeRedis()
    }

    package var connectionCount: Int { connections.count }

    /// Serves until it is told to end and has ended.
    package mutating func run() {
        while ending == nil || connections.count > 0 { turn() }
        redis?.stop(poller, at: loop.now.steady)
        takeRedis()
        inbox = mailbox.close()
        readInbox()
    }

    /// Waits for events and serves them.
    ///
    /// - Parameter isPatient: whether to wait, until the next tick at most; else it only looks.
    /// - Returns: how many events there were, and connections that went on.
    @discardableResult
    package mutating func turn(isPatient: Bool = true) -> Int {
        let count = poller.wait(milliseconds: isPatient && paused.isEmpty ? patience : 0)
        loop.wake()
        for number in 0..<count { hear(poller.event(number)) }
        let resumed = goOn()
        endLateDecisions()
        send()
        if loop.now.steady >= alarm { passTime() }
        while loop.lookUps.hasQuestions || loop.now.steady >= redisDue {
            serveRedis()
            send()
        }
        lots.flush(at: loop.now.steady)
        loop.askInBackground()
        connections.recycle()
        return count + resumed
    }

    /// Ends what lasts too long.
    package mutating func sweep() {
        nextTick = loop.now.steady &+ ConnectionBounds.tickNanoseconds
        loop.passTick()
        loop.askInBackground()
        if isShort { watchDoors() }
        for slot in connections.slots where connections.holds(slot) {
            connections[slot].tick(&loop)
            settle(slot)
        }
        if loop.held.shouldRelease() { Heap.trim() }
    }

    /// Takes a connection, whose socket doesn't block.
    package mutating func adopt(_ descriptor: CInt) {
        let slot = connections.nextSlot
        let connection = HTTPConnection(Socket(owning: descriptor), slot: slot, on: loop)
        guard ending == nil, poller.add(descriptor, as: UInt64(slot), .input) else { return count.leave() }
        connections.insert(connection)
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
            guard connections.holds(slot) else { return }
            connections[slot].hear(event, buffer, &loop)
            settle(slot)
        } else if event.token == Self.mailboxToken {
            mailbox.take(into: &inbox)
            readInbox()
        } else if event.token < Self.doorToken {
            redis?.hear(event, buffer, poller, at: loop.now.steady)
            takeRedis()
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
        case .records(let replies): deliver(replies)
        case .reply(let ticket, let reply): deliver(reply, ticket)
        case .connection(let descriptor): adopt(descriptor)
        case .open: watchDoors()
        case .resolved(let resolution, let addresses):
            redis?.resolved(resolution, addresses, poller, at: loop.now.steady)
            takeRedis()
        case .changes(let changes):
            redis?.receive(changes, poller, at: loop.now.steady)
            takeRedis()
        case .adopt(let settings, let next):
            redis?.adopt(settings, poller, at: loop.now.steady)
            takeRedis()
            lots.adopt(settings.others, passingOn: next)
        case .redis(let body):
            redis?.perform(body)
            redisDue = .min
        case .perform(let body): body(&loop)
        case .end(let limits): end(limits)
        }
    }

    private mutating func deliver(_ replies: [NumberedReply]) {
        loop.lookUps.arrived(replies)
        for reply in replies {
            let waiters = loop.lookUps.answered(reply.number)
            if let first = waiters.first { deliver(.record(reply.reply), first) }
            for ticket in waiters.others { deliver(.record(reply.reply), ticket) }
        }
    }

    /// Sends the look-ups of the turn in one write, and does what is due.
    private mutating func serveRedis() {
        loop.lookUps.takeQuestions(into: &questions)
        defer { questions.removeAll(keepingCapacity: true) }
        let now = loop.now.steady
        guard redis != nil else { return askElsewhere() }
        for question in questions { redis?.ask(question.query, number: question.number, asked: now, at: now) }
        if now >= redisDue { redis?.pass(buffer, poller, at: now) } else { redis?.flush(poller, at: now) }
        takeRedis()
    }

    /// Asks whoever has the records, when that is not Redis.
    private mutating func askElsewhere() {
        redisDue = .max
        guard case .later(let send) = loop.effects.store, !questions.isEmpty else { return }
        send(questions)
    }

    /// Hands out what the client of Redis has come to, and looks at when it is due next.
    private mutating func takeRedis() {
        // First: a reply that comes behind a change is not joined any more, and is not remembered if it is older.
        for event in redis?.takeMemoryEvents() ?? [] {
            switch event {
            case .changed(let key): loop.recordChanged(key)
            case .trusted(let moment): loop.trustSessions(until: moment)
            case .distrusted: loop.distrustSessions()
            }
        }
        var replies: [NumberedReply] = []
        swap(&replies, &self.replies)
        redis?.takeReplies(into: &replies)
        for lost in redis?.takeLost() ?? [] where !loop.lookUps.askOnceMore(lost.number) {
            redis?.gaveUp(lost, at: loop.now.steady)
            replies.append(NumberedReply(number: lost.number, reply: lost.reply))
        }
        deliver(replies)
        replies.removeAll(keepingCapacity: true)
        swap(&replies, &self.replies)
        lots.append(redis?.takeChanges() ?? [])
        for resolution in redis?.takeResolutions() ?? [] { resolve(resolution) }
        redisDue = redis?.due ?? .max
        if let gate, redis?.hasEndedFirstAttempt ?? true {
            self.gate = nil
            gate.pass()
        }
    }

    private mutating func resolve(_ resolution: RedisClient.Resolution) {
        let mailbox = mailbox
        redis?.names.resolve(resolution.host, resolution.port) { addresses in
            mailbox.post(.resolved(resolution, addresses))
        }
    }

    private mutating func deliver(_ reply: EffectReply, _ ticket: Ticket) {
        guard connections.holds(ticket.slot) else { return }
        connections[ticket.slot].hear(reply, for: ticket, &loop)
        settle(ticket.slot)
    }

    /// The moment has come that was waited for.
    private mutating func passTime() {
        if loop.now.steady >= nextTick { sweep() }
        if let ending, loop.now.steady >= ending.silence { endSilence() }
        if let ending, loop.now.steady >= ending.last {
            for slot in connections.slots where connections.holds(slot) { close(slot) }
        }
        alarm = min(nextTick, ending?.silence ?? .max, ending?.last ?? .max)
        send()
    }
}

// The end of the loop.
extension Worker {
    /// Who has connected is let in and served; nobody after that. Who is connected has one more request, if it comes soon.
    private mutating func end(_ limits: DrainLimits) {
        guard ending == nil else { return }
        acceptQueued()
        let now = loop.now.steady
        ending = (now &+ limits.idle.nanoseconds, now &+ limits.timeout.nanoseconds)
        alarm = .min
        for slot in connections.slots where connections.holds(slot) { connections[slot].drain() }
        doors?.end(limits)
        doors = nil
    }

    /// The system has told those who wait at the doors that they are connected: lets them all in, and closes.
    private mutating func acceptQueued() {
        for (number, socket) in (doors?.sockets ?? []).enumerated() {
            poller.remove(socket.descriptor)
            // Where there is no file, nobody comes while the last ones are let in.
            socket.removeFile()
            accept(at: number, most: Self.connectionsAtEnd)
            socket.close()
        }
    }

    private mutating func endSilence() {
        ending?.silence = .max
        for slot in connections.slots where connections.holds(slot) {
            connections[slot].endSilence(buffer, &loop)
            settle(slot)
        }
    }
}

// What a connection can't do itself.
extension Worker {
    /// Something happened to the connection.
    @inline(__always)
    mutating func settle(_ slot: Int) {
        if enqueue(slot) {
            if parcels.count >= Self.parcelsTogether { send() }
        } else {
            connections[slot].end()
            conclude(slot)
            makeRoom()
        }
    }

    /// Puts the connection's output of the event beside that of others.
    ///
    /// - Returns: whether there is any.
    @inline(__always)
    private mutating func enqueue(_ slot: Int) -> Bool {
        let output = loop.eventStart..<loop.output.count
        guard !output.isEmpty else { return false }
        parcels.append((slot, output))
        connections[slot].parcels += 1
        loop.eventStart = output.upperBound
        return true
    }

    /// What was decided on leaves.
    @inline(__always)
    private mutating func send() {
        flush()
        makeRoom()
    }

    /// Sends the output that there is.
    private mutating func flush() {
        // By index: an iterator would share the array, which would then be copied to be emptied.
        for index in parcels.indices {
            let (slot, output) = parcels[index]
            guard connections.holds(slot) else { continue }
            connections[slot].send(output, of: &loop)
            conclude(slot)
        }
        parcels.removeAll(keepingCapacity: true)
        loop.sent()
    }

    /// Ends connections while all together hold too much, the oldest incomplete head first.
    @inline(__always)
    private mutating func makeRoom() {
        guard loop.held.isOver else { return }
        while loop.held.isOver, let slot = loop.held.takeOldest() {
            connections[slot].giveUp(&loop)
            guard !enqueue(slot) else { continue }
            connections[slot].end()
            conclude(slot)
        }
        flush()
    }

    /// Has the connections go on that had more to do when their turn was over, each for one more turn.
    ///
    /// - Returns: how many there were.
    private mutating func goOn() -> Int {
        guard !paused.isEmpty else { return 0 }
        swap(&paused, &resumed)
        defer { resumed.removeAll(keepingCapacity: true) }
        for index in resumed.indices {
            let slot = resumed[index]
            // It may have been closed since, and another have its slot; or have gone on, because more came.
            guard connections.holds(slot), connections[slot].isQueued else { continue }
            connections[slot].isQueued = false
            guard connections[slot].isPaused else { continue }
            connections[slot].goOn(&loop)
            settle(slot)
        }
        return resumed.count
    }

    /// Nothing of the connection's is left to send, or nothing can be sent now.
    @inline(__always)
    private mutating func conclude(_ slot: Int) {
        guard !connections[slot].isOver else { return close(slot) }
        if connections[slot].isPaused, !connections[slot].isQueued {
            connections[slot].isQueued = true
            paused.append(slot)
        }
        let interest = connections[slot].interest(loop.bounds)
        guard interest != connections[slot].registered else { return }
        connections[slot].registered = interest
        poller.change(connections[slot].socket.descriptor, as: UInt64(slot), to: interest)
    }

    private mutating func close(_ slot: Int) {
        connections.remove(slot)
        loop.held.note(0, in: slot)
        count.leave()
    }
}
