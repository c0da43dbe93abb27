/// All questions to one server, Authgear or an introspection endpoint, without I/O: what is sent when, who waits for what, and
/// what they are told (contract sections 10, 13 and 19).
///
/// Each event returns what is to be done now; `wakeAt` says when `timePassed` is due. `now` is the steady clock, in
/// nanoseconds. `Asker` is whoever waits: a reply closure, or in tests a name. A question that is sent ends with `ended`, at
/// its deadline at the latest: whoever sends it sees to that.
///
/// Credentials that were valid here and those that never were wait in two lanes, so that a flood of made-up ones takes
/// nothing from users: it has a quarter of the connections, gives way when too many wait, and its refusals say nothing
/// about the server. Both share what happens to the server itself. What no request waits for has two lanes more, whose turn
/// comes when nobody waits and who leave first: questions in the background with half of the connections, and comparisons,
/// of which nothing is concluded about the server. At a plain pace what was never valid has three quarters of the connections,
/// what was valid goes first, and while that is answered it alone can tell that the server fails.
package struct QuestionQueue<Question: ServerQuestion, Asker>: ~Copyable {
    package typealias Reply = Question.Result.Reply
    package typealias Limits = QuestionLimits

    /// What an event asks for.
    package struct Actions {
        /// The question without a credential, or about one of our own, ends with `probeEnded`.
        package var probe: Deadline?
        package var sends: [(question: Question, deadline: Deadline)] = []
        package var replies: [(asker: Asker, reply: Reply)] = []
    }

    /// A moment of the steady clock, in nanoseconds.
    package typealias Deadline = Int64

    private enum Lane: Int, CaseIterable {
        /// Credentials that were valid here.
        case known
        /// Those that never were.
        case new
        /// What no request waits for.
        case background
        /// What is asked to compare answers alone.
        case shadow
    }

    private struct Pending {
        var question: Question
        var askers: [Asker]
        var deadline: Deadline
        /// Where it waits, or was sent from.
        var lane: Lane
        /// When it was sent; nil while it waits.
        var sentAt: Int64?

        var isSent: Bool { sentAt != nil }
    }

    private let limits: Limits
    /// In the order of `Lane`.
    private var lanes: [QuestionLane]
    private var flood = FloodGauge()
    private var presence = PresenceProbe()
    /// Nil where what the server calls invalid is.
    private var check: SelfCheck?
    /// Until when nothing at all is sent.
    private var pausedUntil: Int64 = .min
    /// Whether the server has answered as it should about what nobody made up.
    private var isProven = false
    /// When the server last answered as it should.
    private var heardAt: Int64 = .min
    /// By number.
    private var pending: [Int: Pending] = [:]
    private var numbers: [Question: Int] = [:]
    private var nextNumber = 0
    /// The latest moment that an event told.
    private var clock: Int64 = .min
    private var isStopped = false

    package init(_ limits: Limits) {
        self.limits = limits
        check = limits.pace.checks ? SelfCheck() : nil
        let quarter = limits.connections / 4
        let new = limits.pace.isGuarded ? quarter : limits.connections - quarter
        lanes = [limits.connections, new, limits.connections / 2, quarter].map { QuestionLane(sentLimit: max($0, 1)) }
    }
}

// What others are told.
extension QuestionQueue {
    /// How many questions wait to be sent.
    package var waiting: Int { lanes.reduce(0) { $0 + $1.waiting } }
    /// How many are sent and not answered, those without a request's credential included.
    package var sent: Int { lanes.reduce((presence.isSent ? 1 : 0) + (check?.isSent == true ? 1 : 0)) { $0 + $1.sent } }
    /// Whether questions fail at once because the server failed several times in a row.
    package var isBreakerOpen: Bool { self[.known].isBreakerOpen || self[.new].isBreakerOpen }
    /// Whether the last question of any kind failed.
    package var isFailing: Bool { presence.isFailing }

    /// When `timePassed` is due, if nothing happens before.
    package var wakeAt: Int64? {
        guard !isStopped else { return nil }
        var moments = lanes.compactMap { lane in lane.first.flatMap { pending[$0]?.deadline } }
        // With all connections in use, the next answer makes room.
        if sent < limits.connections {
            for due in [presence.dueAt, check?.dueAt] { if let due { moments.append(max(due, pausedUntil)) } }
            if waiting > 0, pausedUntil > clock { moments.append(pausedUntil) }
            for lane in lanes where lane.first != nil && lane.pausedUntil > clock { moments.append(lane.pausedUntil) }
            if self[.new].first != nil, !mayAskNew { moments.append(flood.nextSecond) }
        }
        return moments.min()
    }
}

// Events.
extension QuestionQueue {
    /// Begins: asks whether the server is there, or means what it says.
    package mutating func start(now: Int64) -> Actions {
        let actions = begin(at: now)
        if limits.pace.isGuarded { presence.start(now: clock) }
        check?.start(now: clock)
        return sendWhatMay(actions)
    }

    /// Somebody asks; joins whoever waits for the same already, and the answer that is on its way.
    ///
    /// - Parameter isBackground: whether no request waits for it.
    package mutating func asked(
        _ question: Question, by asker: Asker, isBackground: Bool = false, now: Int64
    ) -> Actions {
        var actions = begin(at: now)
        let lane = Self.lane(of: question, isBackground: isBackground)
        // What is hopeless fails before it takes a place.
        if let reply = replyAtOnce(to: question, in: lane) {
            actions.replies.append((asker, reply))
            return sendWhatMay(actions)
        }
        if let number = numbers[question] {
            pending[number]?.askers.append(asker)
            promote(number, to: lane)
        } else {
            add(question, for: asker, in: lane)
        }
        actions = sendWhatMay(actions)
        // What is too much has to leave: what nobody waits for first, then what was never valid, and who came last.
        while self[.shadow].waiting > QuestionLane.comparisonLimit, let number = self[.shadow].removeLast() {
            end(number, with: .overloaded, actions: &actions)
        }
        while waiting > limits.waiting, let number = removeLast() {
            end(number, with: .overloaded, actions: &actions)
        }
        return actions
    }

    private mutating func removeLast() -> Int? {
        self[.shadow].removeLast() ?? self[.background].removeLast() ?? self[.new].removeLast()
            ?? self[.known].removeLast()
    }

    private static func lane(of question: Question, isBackground: Bool) -> Lane {
        if question.isComparison { return .shadow }
        if isBackground { return .background }
        return question.wasValid ? .known : .new
    }

    /// A question that was sent has ended.
    package mutating func ended(_ question: Question, with result: Question.Result, now: Int64) -> Actions {
        var actions = begin(at: now)
        guard let number = numbers[question], let entry = pending[number], let sentAt = entry.sentAt else {
            return sendWhatMay(actions)
        }
        // In this order: who waits for it is told; what it says of the server counts for all; who has no hope any more
        // is told so; and only then it is seen who may be sent, for room and pauses are known.
        self[entry.lane].sent -= 1
        end(number, with: believed(result.reply), actions: &actions)
        if isTelling(result, of: entry, sentAt: sentAt) { note(result, from: entry.lane) }
        giveUpHopeless(actions: &actions)
        return sendWhatMay(actions)
    }

    /// What "invalid" is worth from a server that says so of what is valid.
    private mutating func believed(_ reply: Reply) -> Reply {
        guard check != nil else { return reply }
        check?.heard(reply.kind, now: clock)
        guard case .invalid = reply.kind, check?.isBelieved == false else { return reply }
        return .refused
    }

    /// The question without a request's credential has ended.
    package mutating func probeEnded(_ result: Question.Result, now: Int64) -> Actions {
        var actions = begin(at: now)
        if check?.isSent == true {
            check?.ended(result.reply.kind)
            return sendWhatMay(actions)
        }
        guard presence.isSent else { return sendWhatMay(actions) }
        presence.ended(isFailure: result.isProbeFailure, now: clock)
        if !result.isProbeFailure { forgiveFailures() }
        if let pause = result.pause { pausedUntil = max(pausedUntil, clock + pause) }
        giveUpHopeless(actions: &actions)
        return sendWhatMay(actions)
    }

    /// Questions that have waited for too long end, and what had to wait for its time is sent.
    package mutating func timePassed(now: Int64) -> Actions { sendWhatMay(begin(at: now)) }

    /// Nothing is sent any more, and nobody waits.
    package mutating func stop() -> Actions {
        isStopped = true
        var actions = Actions()
        for number in pending.keys.sorted() { end(number, with: .unreachable, actions: &actions) }
        for lane in Lane.allCases { _ = self[lane].removeAll() }
        return actions
    }

    /// Gives up everything that is asked, for another queue to ask it, in the order in which it came.
    package mutating func takeAsked() -> [(question: Question, asker: Asker, isBackground: Bool)] {
        defer {
            (pending, numbers) = ([:], [:])
            for lane in Lane.allCases { _ = self[lane].removeAll() }
        }
        return pending.sorted { $0.key < $1.key }.flatMap { _, entry in
            entry.askers.map { (entry.question, $0, entry.lane == .background) }
        }
    }

    /// Every event begins so: what has waited for all of its time ends, and is never sent.
    private mutating func begin(at now: Int64) -> Actions {
        // Two sources of time may disagree by a little: it never runs back.
        clock = max(clock, now)
        flood.timePassed(now: clock)
        var actions = Actions()
        for lane in Lane.allCases {
            while let number = self[lane].first, let deadline = pending[number]?.deadline, deadline <= clock {
                _ = self[lane].removeFirst()
                end(number, with: .timedOut, actions: &actions)
            }
        }
        return actions
    }
}

// Who waits.
extension QuestionQueue {
    /// The reply to a question that is not even queued.
    private mutating func replyAtOnce(to question: Question, in lane: Lane) -> Reply? {
        if isStopped { return .unreachable }
        if let reply = question.replyUnasked { return reply }
        // Whoever repeats a long request would keep a copy of it for each.
        if numbers[question] != nil { return lane == .shadow ? .overloaded : nil }
        if max(pausedUntil, self[lane].pausedUntil) >= clock + limits.timeout { return .overloaded }
        let breaker = breaker(of: lane)
        guard self[breaker].isBreakerOpen else { return nil }
        // Where nothing else tells when the server is there again, one question a second does.
        guard !limits.pace.isGuarded, self[breaker].nextAttempt <= clock, pausedUntil <= clock,
            sent < limits.connections
        else { return .overloaded }
        self[breaker].nextAttempt = clock + QuestionLane.attemptInterval
        return nil
    }

    private var mayAskNew: Bool { !limits.pace.isGuarded || flood.mayAsk }

    /// What no request waits for is as hopeless as what was valid.
    private func breaker(of lane: Lane) -> Lane { lane == .new ? .new : .known }

    private mutating func add(_ question: Question, for asker: Asker, in lane: Lane) {
        let number = nextNumber
        nextNumber += 1
        numbers[question] = number
        pending[number] = Pending(question: question, askers: [asker], deadline: clock + limits.timeout, lane: lane)
        self[lane].add(number)
    }

    /// A request waits for it now, or its credential turns out to be one that was valid here.
    private mutating func promote(_ number: Int, to lane: Lane) {
        guard let entry = pending[number], !entry.isSent, lane == .known || lane == .new && entry.lane == .background
        else { return }
        pending[number]?.lane = lane
        self[entry.lane].remove(number)
        self[lane].add(number)
    }

    /// Who waits for what can't come in time need not wait.
    private mutating func giveUpHopeless(actions: inout Actions) {
        for lane in Lane.allCases {
            let pauseEnd = max(pausedUntil, self[lane].pausedUntil)
            let isHopeless = self[breaker(of: lane)].isBreakerOpen
            guard isHopeless || pauseEnd > clock else { continue }
            while let number = self[lane].first, let deadline = pending[number]?.deadline,
                isHopeless || deadline <= pauseEnd
            {
                _ = self[lane].removeFirst()
                end(number, with: .overloaded, actions: &actions)
            }
        }
    }

    /// Tells those who wait for it.
    private mutating func end(_ number: Int, with reply: Reply, actions: inout Actions) {
        guard let entry = pending.removeValue(forKey: number) else { return }
        numbers[entry.question] = nil
        for asker in entry.askers { actions.replies.append((asker, reply)) }
    }

    private subscript(lane: Lane) -> QuestionLane {
        get { lanes[lane.rawValue] }
        set { lanes[lane.rawValue] = newValue }
    }
}

// What is sent, and what its end says.
extension QuestionQueue {
    private mutating func sendWhatMay(_ begun: consuming Actions) -> Actions {
        var actions = begun
        guard !isStopped else { return actions }
        // The probe first: while the last question failed it alone says whether the others are worth sending.
        while sent < limits.connections, pausedUntil <= clock {
            if let due = presence.dueAt, due <= clock {
                presence.send(now: clock)
                actions.probe = clock + limits.timeout
            } else if let due = check?.dueAt, due <= clock {
                check?.send(now: clock)
                // It gets a credential first.
                actions.probe = clock + 2 * limits.timeout
            } else if let lane = nextLane {
                send(from: lane, actions: &actions)
            } else {
                break
            }
        }
        return actions
    }

    /// Whose turn it is: who waits longest. With one connection alone the lanes can't share, and what was valid goes first; so it
    /// does at a plain pace.
    private var nextLane: Lane? {
        switch (self[.known].first, mayAskNew ? firstToSend(of: .new) : nil) {
        case (nil, nil): return [Lane.background, .shadow].first { firstToSend(of: $0) != nil }
        case (_?, nil): return .known
        case (nil, _?): return .new
        case (let known?, let new?):
            return new < known && limits.connections > 1 && limits.pace.isGuarded ? .new : .known
        }
    }

    private func firstToSend(of lane: Lane) -> Int? {
        self[lane].sent < self[lane].sentLimit && self[lane].pausedUntil <= clock ? self[lane].first : nil
    }

    private mutating func send(from lane: Lane, actions: inout Actions) {
        guard let number = self[lane].removeFirst(), let entry = pending[number] else { return }
        self[lane].sent += 1
        pending[number]?.sentAt = clock
        if lane == .new { flood.countAsked() }
        actions.sends.append((entry.question, entry.deadline))
    }

    /// Whether the end of a question says something of the server. A time-out doesn't when the question had waited and was sent with
    /// less than half of its time left, while it answers others.
    private func isTelling(_ result: Question.Result, of entry: Pending, sentAt: Int64) -> Bool {
        let half = limits.timeout / 2
        guard result.isTimeOut, entry.deadline - sentAt < half else { return true }
        return heardAt < clock - half
    }

    private mutating func forgiveFailures() {
        heardAt = clock
        for lane in Lane.allCases { self[lane].failures = 0 }
    }

    private mutating func note(_ result: Question.Result, from lane: Lane) {
        // Whatever a client sends is compared, and what comes of it must not be another's loss.
        if lane == .shadow {
            if let pause = result.pause { self[.shadow].pausedUntil = clock + pause }
            return
        }
        guard case .unknown(let isRefusal) = result.reply.kind else {
            if case .invalid = result.reply.kind, lane == .new { flood.countInvalid() } else { isProven = true }
            forgiveFailures()
            return presence.questionSucceeded()
        }
        let pauseEnd = result.pause.map { clock + $0 } ?? .min
        self[.new].nextAttempt = clock + QuestionLane.attemptInterval
        self[.new].failures += 1
        if isEarned(result, isRefusal: isRefusal, from: lane) {
            self[.new].pausedUntil = max(self[.new].pausedUntil, pauseEnd)
            if limits.pace.isGuarded { presence.request(now: clock) }
        } else {
            self[.known].nextAttempt = clock + QuestionLane.attemptInterval
            self[.known].failures += 1
            pausedUntil = max(pausedUntil, pauseEnd)
            presence.questionFailed(now: limits.pace.isGuarded ? clock : nil)
        }
    }

    /// Whether a failure may be the credential's own, or its sender's. While the server is there, a refusal of what was never
    /// valid may be a firewall's, and says nothing about others.
    private func isEarned(_ result: Question.Result, isRefusal: Bool, from lane: Lane) -> Bool {
        guard lane == .new else { return false }
        // A flood may draw a limit, a time-out or a 503. Where these are everybody's, what was valid soon meets them itself.
        guard limits.pace.isGuarded else { return isRefusal || (isProven && !self[.known].isBreakerOpen) }
        return result.isRateLimit || (isRefusal && !presence.isFailing)
    }
}
