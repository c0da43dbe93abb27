package import Authentication
import Bytes
import EventLoop
package import HTTP1
package import JOSE
import Telemetry

/// What the connections of one event loop share: the resolver, the clock, the answers of the moment, the counts.
package struct WorkerContext: ~Copyable {
    private(set) var bounds: ConnectionBounds
    let effects: WorkerEffects
    package var resolver: Resolver
    package var lookUps = LookUps()
    var deadlines: DecisionDeadlines
    package var figures = ListenerFigures()
    let fixedAnswers = FixedAnswers()
    var held: HeldBytes
    var handshakes = HandshakeQueue()
    /// How many sweeps there were.
    private(set) var tick = 0
    /// The output of the turn's events so far, one behind the other.
    var output = OutputBuffer(capacity: 256 << 10)
    /// Where the output of the event at hand begins.
    var eventStart = 0
    /// When the thread was woken, or last sent what it had.
    private(set) var now: Moment
    private var clock = LoopClock()
    private var tail = AnswerTail()
    var checks: CheckFront
    var observer: RequestObserver
    /// The lines of the answer at hand, for a front that makes something else of them.
    private(set) var composed: [UInt8] = []
    /// Answers in the output whose requests came since then.
    private var promptAnswers = 0
    private var waits: UInt64 = 0
    /// Up to which number of signatures the turn's connections go on; then each has one more request at most.
    private var signatureBound = 0

    /// Output of one event after which it is sent before the connection goes on.
    private static let fullOutput = 64 << 10
    /// The most signatures that the pipelined requests of a turn cost, and those that have waited. The dearest, with ES384, takes half a millisecond.
    private static let signaturesInTurn = 4

    init(
        limits: ConnectionLimits, resolver: consuming Resolver, effects: WorkerEffects,
        observing rules: ObservationRules
    ) {
        self.bounds = ConnectionBounds(limits)
        self.deadlines = DecisionDeadlines(limits.decisionTimeout)
        self.resolver = resolver
        self.checks = CheckFront(own: self.resolver.ownNames)
        self.effects = effects
        self.observer = RequestObserver(rules, to: effects.spans)
        self.held = HeldBytes(limit: limits.bufferedBytes)
        self.now = clock.now
    }

    /// Takes other settings, between two requests. Who waits is bounded by them from now on.
    package mutating func adopt(
        _ limits: ConnectionLimits, _ settings: ResolverSettings, keys: KeyRing,
        observing rules: ObservationRules = ObservationRules()
    ) {
        observer.adopt(rules)
        bounds = bounds.followed(by: limits)
        deadlines.adopt(limits.decisionTimeout)
        held.adopt(limit: limits.bufferedBytes)
        resolver.adopt(settings)
        checks.adopt(own: resolver.ownNames)
        resolver.publish(keys)
    }

    /// Records come from elsewhere from now on: who waits for those of before begins anew.
    package mutating func storeChanged() {
        lookUps.everythingChanged()
        resolver.storeChanged()
    }

    /// Forgets every answer, and joins no look-up that is on its way.
    package mutating func forgetAnswers() {
        lookUps.everythingChanged()
        resolver.forgetAnswers()
    }

    /// The thread was woken: it is later than it was.
    mutating func wake() {
        now = clock.now
        tail.set(to: now.timestamp)
        signatureBound = resolver.signatures &+ Self.signaturesInTurn
        handshakes.beginTurn()
    }

    /// One tick has passed.
    mutating func passTick() {
        tick += 1
        clock.synchronize()
        resolver.askAboutEndedUsers(now: now)
        if let notes = resolver.tally.takeNotes() { effects.noteRefusals(notes) }
        if let answers = resolver.takeLongAnswers() { effects.noteLongAnswers(answers) }
        for key in resolver.takeKeysInDemand() { effects.makeTable(key) }
        if let differences = resolver.takeShadowDifferences() { effects.noteShadowDifferences(differences) }
        handOverObservations()
    }

    /// Asks what the requests of the turn left to be asked while nobody waits.
    mutating func askInBackground() {
        for asked in resolver.takeBackgroundQuestions() { effects.askInBackground(asked) }
        for asked in resolver.takeBackgroundClaims() { effects.askForClaimsInBackground(asked) }
        if observer.hasMany { observer.handOverSpans() }
    }

    /// What came of one of those questions.
    package mutating func conclude(_ asked: BackgroundQuestion, with reply: AuthgearReply) {
        resolver.conclude(asked, with: reply, now: now)
    }

    /// What came of asking an introspection endpoint while no request waits.
    package mutating func conclude(_ asked: AskedClaims, with reply: ClaimsReply) {
        resolver.conclude(asked, with: reply, now: now)
    }

    /// Another event loop asked one of its own, and it was called invalid.
    package mutating func forget(_ asked: BackgroundQuestion) {
        resolver.forget(asked, now: now)
    }

    /// Adds an answer to those of the event.
    @inline(__always)
    mutating func append(_ head: [UInt8], connection field: ConnectionField) {
        output.append(head)
        output.append(tail.bytes(for: field))
    }

    @inline(__always)
    mutating func append(_ answer: Answer, connection field: ConnectionField) {
        output.append(answer.bytes)
        if let more = answer.more { output.append(more) }
        if let assertion = answer.assertion { output.append(assertion) }
        output.append(tail.bytes(for: field))
    }

    /// Puts an answer's lines together, from its status line to the empty one.
    mutating func compose(_ answer: Answer) {
        compose(answer.bytes, answer.more, answer.assertion)
    }

    mutating func compose(_ head: [UInt8], _ more: [UInt8]? = nil, _ assertion: [UInt8]? = nil) {
        composed.removeAll(keepingCapacity: true)
        composed.append(contentsOf: head)
        if let more { composed.append(contentsOf: more) }
        if let assertion { composed.append(contentsOf: assertion) }
        composed.append(contentsOf: tail.bytes(for: .absent))
    }

    /// Counts the time that an answer took.
    mutating func answered(since start: Int64) {
        if start == now.steady {
            promptAnswers += 1
        } else {
            figures.durations.record(nanoseconds: now.steady &- start)
        }
    }

    /// Whether the connection at hand, which has more requests, leaves them for the next turn: others wait for theirs.
    var hasDoneEnough: Bool {
        output.count - eventStart >= Self.fullOutput || hasVerifiedEnough
    }

    /// Whether the turn's requests have cost as many signatures as a turn may.
    var hasVerifiedEnough: Bool { resolver.signatures >= signatureBound }

    /// All output is sent.
    mutating func sent() {
        output.clear()
        eventStart = 0
        guard promptAnswers > 0 else { return }
        let end = clock.now
        figures.durations.record(nanoseconds: end.steady &- now.steady, times: promptAnswers)
        promptAnswers = 0
        if observer.isOn { observer.sent(after: end.steady &- now.steady) }
        now = end
    }

    /// The record under this key of the store changed, or is gone, as the feed was heard to say at that moment of the steady clock.
    package mutating func recordChanged(_ key: RawSpan, heard: Int64) {
        lookUps.changed(key: key)
        resolver.recordChanged(key, heard: heard, now: now)
    }

    /// The store tells of changes, and has told of all up to now: until this moment of the steady clock it may be believed to.
    package mutating func trustSessions(until steady: Int64) {
        // What was asked before the store began to tell may be older than what it would have told.
        if !resolver.trustsSessions(at: now) { lookUps.everythingChanged() }
        resolver.trustSessions(until: steady)
    }

    /// The store can't tell of changes any more, or of none in particular.
    package mutating func distrustSessions() {
        lookUps.everythingChanged()
        resolver.distrustSessions()
    }

    /// How much its connections keep in memory while they wait.
    package var heldBytes: Int { held.total }

    /// A ticket for a wait that begins.
    mutating func ticket(for slot: Int, stream: Int = 0) -> Ticket {
        waits &+= 1
        return Ticket(slot: slot, stream: stream, wait: waits)
    }

    /// Begins what a request waits for.
    ///
    /// - Returns: the reply, where it is there at once; nil: it comes to the mailbox.
    @inline(__always)
    mutating func begin(_ effect: Effect, prefetch: [RecordQuery], for ticket: Ticket) -> EffectReply? {
        switch effect {
        case .record(let query):
            switch effects.store {
            case .atOnce(let lookUp): return .record(lookUp(query))
            case .shared:
                lookUps.ask(for: query, ticket: ticket)
                for query in prefetch { lookUps.prefetch(query) }
            }
        case .key(let key): effects.find(key, ticket)
        case .question(let question): effects.ask(question, ticket)
        case .claims(let question): effects.askForClaims(question, ticket)
        }
        return nil
    }
}
