/// All questions to Authgear, without I/O: what is sent when, who waits for what, and what they are told (contract
/// sections 10 and 13).
///
/// Each event returns what is to be done now; `wakeAt` says when `timePassed` is due. `now` is the steady clock, in
/// nanoseconds. `Asker` is whoever waits: a reply closure, or in tests a name. A question that is sent ends with `ended`, at
/// its deadline at the latest: whoever sends it sees to that.
///
/// Credentials that were valid here and those that never were wait in two lanes, so that a flood of made-up ones takes
/// nothing from users: it has a quarter of the connections, gives way when too many wait, and its refusals say nothing
/// about Authgear. Both share what happens to Authgear itself. What no request waits for has two lanes more, whose turn
/// comes when nobody waits and who leave first: questions in the background with half of the connections, and comparisons,
/// of which nothing is concluded about Authgear.
package struct QuestionQueue<Asker>: ~Copyable {
    package struct Limits: Sendable {
        /// How many questions are sent at once.
        package var connections: Int
        /// How many wait to be sent.
        package var waiting: Int
        /// How long a question may take from when it is asked, in nanoseconds.
        package var timeout: Int64

        package init(connections: Int, waiting: Int, timeout: Int64) {
            self.connections = connections
            self.waiting = waiting
            self.timeout = timeout
        }
    }

    /// What an event asks for.
    package struct Actions {
        /// The question of whether Authgear is there, sent without a credential, ends with `probeEnded`.
        package var probe: Deadline?
        package var sends: [(question: AuthgearQuestion, deadline: Deadline)] = []
        package var replies: [(asker: Asker, reply: AuthgearReply)] = []
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

    /// How many comparisons wait: a request's credentials are long.
    private static var shadowLimit: Int { 64 }

    private struct Pending {
        var question: AuthgearQuestion
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
    /// Until when nothing at all is sent.
    private var pausedUntil: Int64 = .min
    /// When Authgear last answered as it should.
    private var heardAt: Int64 = .min
    /// By number.
    private var pending: [Int: Pending] = [:]
    private var numbers: [AuthgearQuestion: Int] = [:]
    private var nextNumber = 0
    /// The latest moment that an event told.
    private var clock: Int64 = .min
    private var isStopped = false

    package init(_ limits: Limits) {
        self.limits = limits
        lanes = [limits.connections, limits.connections / 4, limits.connections / 2, limits.connections / 4].map {
            QuestionLane(sentLimit: max($0, 1))
        }
    }
}

// What others are told.
extension QuestionQueue {
    /// How many questions wait to be sent.
    package var waiting: Int { lanes.reduce(0) { $0 + $1.waiting } }
    /// How many are sent and not answered, the one without a credential included.
    package var sent: Int { lanes.reduce(presence.isSent ? 1 : 0) { $0 + $1.sent } }
    /// Whether questions fail at once because Authgear failed several times in a row.
    package var isBreakerOpen: Bool { self[.known].isBreakerOpen || self[.new].isBreakerOpen }
    /// Whether the last question of any kind failed.
    package var isFailing: Bool { presence.isFailing }

    /// When `timePassed` is due, if nothing happens before.
    package var wakeAt: Int64? {
        guard !isStopped else { return nil }
        var moments = lanes.compactMap { lane in lane.first.flatMap { pending[$0]?.deadline } }
        // With all connections in use, the next answer makes room.
        if sent < limits.connections {
            if let due = presence.dueAt { moments.append(max(due, pausedUntil)) }
            if waiting > 0, pausedUntil > clock { moments.append(pausedUntil) }
            for lane in lanes where lane.first != nil && lane.pausedUntil > clock { moments.append(lane.pausedUntil) }
            if self[.new].first != nil, !flood.mayAsk { moments.append(flood.nextSecond) }
        }
        return moments.min()
    }
}

// Events.
extension QuestionQueue {
    /// Begins: asks whether Authgear is there.
    package mutating func start(now: Int64) -> Actions {
        let actions = begin(at: now)
        presence.start(now: clock)
        return sendWhatMay(actions)
    }

    /// Somebody asks; joins whoever waits for the same already, and the answer that is on its way.
    ///
    /// - Parameter isBackground: whether no request waits for it.
    package mutating func asked(
        _ question: AuthgearQuestion, by asker: Asker, isBackground: Bool = false, now: Int64
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
        while self[.shadow].waiting > Self.shadowLimit, let number = self[.shadow].removeLast() {
            end(number, with: .unknown(.overloaded), actions: &actions)
        }
        while waiting > limits.waiting, let number = removeLast() {
            end(number, with: .unknown(.overloaded), actions: &actions)
        }
        return actions
    }

    private mutating func removeLast() -> Int? {
        self[.shadow].removeLast() ?? self[.background].removeLast() ?? self[.new].removeLast()
            ?? self[.known].removeLast()
    }

    private static func lane(of question: AuthgearQuestion, isBackground: Bool) -> Lane {
        if case .request = question.credential { return .shadow }
        if isBackground { return .background }
        return question.wasValid ? .known : .new
    }

    /// A question that was sent has ended.
    package mutating func ended(_ question: AuthgearQuestion, with result: QuestionResult, now: Int64) -> Actions {
        var actions = begin(at: now)
        guard let number = numbers[question], let entry = pending[number], let sentAt = entry.sentAt else {
            return sendWhatMay(actions)
        }
        // In this order: who waits for it is told; what it says of Authgear counts for all; who has no hope any more
        // is told so; and only then it is seen who may be sent, for room and pauses are known.
        self[entry.lane].sent -= 1
        end(number, with: result.reply, actions: &actions)
        if isTelling(result, of: entry, sentAt: sentAt) { note(result, from: entry.lane) }
        giveUpHopeless(actions: &actions)
        return sendWhatMay(actions)
    }

    /// The question of whether Authgear is there has ended.
    package mutating func probeEnded(_ result: QuestionResult, now: Int64) -> Actions {
        var actions = begin(at: now)
        guard presence.isSent else { return sendWhatMay(actions) }
        let failure = result.failureWithoutCredential
        presence.ended(isFailure: failure != nil, now: clock)
        if failure == nil { forgiveFailures() }
        if let pause = result.pause { pausedUntil = max(pausedUntil, clock + pause) }
        giveUpHopeless(actions: &actions)
        return sendWhatMay(actions)
    }

    /// Questions that have waited for too long end, and what had to wait for its time is sent.
    package mutating func timePassed(now: Int64) -> Actions {
        sendWhatMay(begin(at: now))
    }

    /// Nothing is sent any more, and nobody waits.
    package mutating func stop() -> Actions {
        isStopped = true
        var actions = Actions()
        for number in pending.keys.sorted() { end(number, with: .unknown(.unreachable), actions: &actions) }
        for lane in Lane.allCases { _ = self[lane].removeAll() }
        return actions
    }

    /// Gives up everything that is asked, for another queue to ask it, in the order in which it came.
    package mutating func takeAsked() -> [(question: AuthgearQuestion, asker: Asker, isBackground: Bool)] {
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
                end(number, with: .unknown(.timedOut), actions: &actions)
            }
        }
        return actions
    }
}

// Who waits.
extension QuestionQueue {
    /// The reply to a question that is not even queued.
    private func replyAtOnce(to question: AuthgearQuestion, in lane: Lane) -> AuthgearReply? {
        if isStopped { return .unknown(.unreachable) }
        if !question.isAskable { return .invalid }
        // Whoever repeats a long request would keep a copy of it for each.
        if numbers[question] != nil { return lane == .shadow ? .unknown(.overloaded) : nil }
        let isHopeless =
            isBreakerOpen(for: lane) || max(pausedUntil, self[lane].pausedUntil) >= clock + limits.timeout
        return isHopeless ? .unknown(.overloaded) : nil
    }

    /// What no request waits for is as hopeless as what was valid.
    private func isBreakerOpen(for lane: Lane) -> Bool { self[lane == .new ? .new : .known].isBreakerOpen }

    private mutating func add(_ question: AuthgearQuestion, for asker: Asker, in lane: Lane) {
        let number = nextNumber
        nextNumber += 1
        numbers[question] = number
        pending[number] = Pending(
            question: question, askers: [asker], deadline: clock + limits.timeout, lane: lane)
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
            guard isBreakerOpen(for: lane) || pauseEnd > clock else { continue }
            while let number = self[lane].first, let deadline = pending[number]?.deadline,
                isBreakerOpen(for: lane) || deadline <= pauseEnd
            {
                _ = self[lane].removeFirst()
                end(number, with: .unknown(.overloaded), actions: &actions)
            }
        }
    }

    /// Tells those who wait for it.
    private mutating func end(_ number: Int, with reply: AuthgearReply, actions: inout Actions) {
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
            } else if let lane = nextLane {
                send(from: lane, actions: &actions)
            } else {
                break
            }
        }
        return actions
    }

    /// Whose turn it is: who waits longest. With one connection alone the lanes can't share, and what was valid goes first.
    private var nextLane: Lane? {
        switch (self[.known].first, flood.mayAsk ? firstToSend(of: .new) : nil) {
        case (nil, nil): return [Lane.background, .shadow].first { firstToSend(of: $0) != nil }
        case (_?, nil): return .known
        case (nil, _?): return .new
        case (let known?, let new?): return new < known && limits.connections > 1 ? .new : .known
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

    /// Whether the end of a question says something of Authgear. A time-out doesn't when the question had waited and was sent with
    /// less than half of its time left, while Authgear answers others.
    private func isTelling(_ result: QuestionResult, of entry: Pending, sentAt: Int64) -> Bool {
        let half = limits.timeout / 2
        guard case .failed(.timedOut) = result, entry.deadline - sentAt < half else { return true }
        return heardAt < clock - half
    }

    private mutating func forgiveFailures() {
        heardAt = clock
        for lane in Lane.allCases { self[lane].failures = 0 }
    }

    private mutating func note(_ result: QuestionResult, from lane: Lane) {
        // Whatever a client sends is compared, and what comes of it must not be another's loss.
        if lane == .shadow {
            if let pause = result.pause { self[.shadow].pausedUntil = clock + pause }
            return
        }
        guard case .unknown(let failure) = result.reply else {
            switch result.reply {
            case .invalid, .silent: if lane == .new { flood.countInvalid() }
            case .valid, .unknown: break
            }
            forgiveFailures()
            return presence.questionSucceeded()
        }
        // While Authgear is there, a refusal of what was never valid may be a firewall's, and says nothing about others.
        let isEarned = lane == .new && (result.isRateLimit || (failure == .refused && !presence.isFailing))
        let pauseEnd = result.pause.map { clock + $0 } ?? .min
        self[.new].failures += 1
        if isEarned {
            self[.new].pausedUntil = max(self[.new].pausedUntil, pauseEnd)
            presence.request(now: clock)
        } else {
            self[.known].failures += 1
            pausedUntil = max(pausedUntil, pauseEnd)
            presence.questionFailed(now: clock)
        }
    }
}
