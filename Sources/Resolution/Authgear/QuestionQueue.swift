/// All questions to Authgear, without I/O: what is sent when, who waits for what, and what they are told (contract part 2,
/// sections 2 and 6).
///
/// Each event returns what is to be done now; `wakeAt` says when `timePassed` is due. `now` is the steady clock, in
/// nanoseconds. `Asker` is whoever waits: a reply closure, or in tests a name. A question that is sent ends with `ended`, at
/// its deadline at the latest: whoever sends it sees to that.
///
/// Credentials that were valid here and those that never were wait in two lanes, so that a flood of made-up ones takes
/// nothing from users: it has a quarter of the connections, gives way when too many wait, and its refusals say nothing
/// about Authgear. Both share what happens to Authgear itself.
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

    private enum Lane {
        /// Credentials that were valid here.
        case known
        /// Those that never were.
        case new
    }

    private struct Pending {
        var question: AuthgearQuestion
        var askers: [Asker]
        var deadline: Deadline
        /// Where it waits, or was sent from.
        var lane: Lane
        var isSent = false
    }

    private let limits: Limits
    private var known: QuestionLane
    private var new: QuestionLane
    private var flood = FloodGauge()
    private var presence = PresenceProbe()
    /// Until when nothing at all is sent.
    private var pausedUntil: Int64 = .min
    /// By number.
    private var pending: [Int: Pending] = [:]
    private var numbers: [AuthgearQuestion: Int] = [:]
    private var nextNumber = 0
    /// The latest moment that an event told.
    private var clock: Int64 = .min
    private var isStopped = false

    package init(_ limits: Limits) {
        self.limits = limits
        known = QuestionLane(sentLimit: limits.connections)
        new = QuestionLane(sentLimit: max(limits.connections / 4, 1))
    }
}

// What others are told.
extension QuestionQueue {
    /// How many questions wait to be sent.
    package var waiting: Int { known.waiting + new.waiting }
    /// How many are sent and not answered, the one without a credential included.
    package var sent: Int { known.sent + new.sent + (presence.isSent ? 1 : 0) }
    /// Whether questions fail at once because Authgear failed several times in a row.
    package var isBreakerOpen: Bool { known.isBreakerOpen || new.isBreakerOpen }
    /// Whether the last question of any kind failed.
    package var isFailing: Bool { presence.isFailing }

    /// When `timePassed` is due, if nothing happens before.
    package var wakeAt: Int64? {
        guard !isStopped else { return nil }
        var moments = [known.first, new.first].compactMap { number in number.flatMap { pending[$0]?.deadline } }
        // With all connections in use, the next answer makes room.
        if sent < limits.connections {
            if let due = presence.dueAt { moments.append(max(due, pausedUntil)) }
            if waiting > 0, pausedUntil > clock { moments.append(pausedUntil) }
            if new.first != nil, new.pausedUntil > clock { moments.append(new.pausedUntil) }
            if new.first != nil, !flood.mayAsk { moments.append(flood.nextSecond) }
        }
        return moments.min()
    }
}

// Events.
extension QuestionQueue {
    /// Begins: asks whether Authgear is there.
    package mutating func start(now: Int64) -> Actions {
        let actions = begin(now)
        presence.start(now: clock)
        return sendWhatMay(actions)
    }

    /// Somebody asks; joins whoever waits for the same already, and the answer that is on its way.
    package mutating func asked(_ question: AuthgearQuestion, by asker: Asker, now: Int64) -> Actions {
        var actions = begin(now)
        if let reply = replyAtOnce(to: question) {
            actions.replies.append((asker, reply))
            return sendWhatMay(actions)
        }
        if let number = numbers[question] {
            pending[number]?.askers.append(asker)
            if question.wasValid { promote(number) }
        } else {
            add(question, asker)
        }
        actions = sendWhatMay(actions)
        // What is too much has to leave: what was never valid first, and who came last.
        while waiting > limits.waiting, let number = new.removeLast() ?? known.removeLast() {
            end(number, .unknown(.overloaded), &actions)
        }
        return actions
    }

    /// A question that was sent has ended.
    package mutating func ended(_ question: AuthgearQuestion, _ result: QuestionResult, now: Int64) -> Actions {
        var actions = begin(now)
        guard let number = numbers[question], let lane = pending[number]?.lane, pending[number]?.isSent == true else {
            return sendWhatMay(actions)
        }
        change(lane) { $0.sent -= 1 }
        end(number, result.reply, &actions)
        note(result, from: lane)
        giveUpHopeless(&actions)
        return sendWhatMay(actions)
    }

    /// The question of whether Authgear is there has ended.
    package mutating func probeEnded(_ result: QuestionResult, now: Int64) -> Actions {
        var actions = begin(now)
        guard presence.isSent else { return sendWhatMay(actions) }
        let failure = result.failureWithoutCredential
        presence.ended(isFailure: failure != nil, now: clock)
        if failure == nil { (known.failures, new.failures) = (0, 0) }
        if let pause = result.pause { pausedUntil = max(pausedUntil, clock + pause) }
        giveUpHopeless(&actions)
        return sendWhatMay(actions)
    }

    /// Questions that have waited for too long end, and what had to wait for its time is sent.
    package mutating func timePassed(now: Int64) -> Actions {
        sendWhatMay(begin(now))
    }

    /// Nothing is sent any more, and nobody waits.
    package mutating func stop() -> Actions {
        isStopped = true
        var actions = Actions()
        for number in pending.keys.sorted() { end(number, .unknown(.unreachable), &actions) }
        _ = known.removeAll()
        _ = new.removeAll()
        return actions
    }

    /// Every event begins so: what has waited for all of its time ends, and is never sent.
    private mutating func begin(_ now: Int64) -> Actions {
        clock = max(clock, now)
        flood.timePassed(now: clock)
        var actions = Actions()
        for lane in [Lane.known, .new] {
            while let number = self[lane].first, let deadline = pending[number]?.deadline, deadline <= clock {
                change(lane) { _ = $0.removeFirst() }
                end(number, .unknown(.timedOut), &actions)
            }
        }
        return actions
    }
}

// Who waits.
extension QuestionQueue {
    /// The reply to a question that is not even queued.
    private func replyAtOnce(to question: AuthgearQuestion) -> AuthgearReply? {
        if isStopped { return .unknown(.unreachable) }
        if !question.isAskable { return .invalid }
        if numbers[question] != nil { return nil }
        let lane = self[question.wasValid ? .known : .new]
        let isHopeless = lane.isBreakerOpen || max(pausedUntil, lane.pausedUntil) >= clock + limits.timeout
        return isHopeless ? .unknown(.overloaded) : nil
    }

    private mutating func add(_ question: AuthgearQuestion, _ asker: Asker) {
        let lane: Lane = question.wasValid ? .known : .new
        let number = nextNumber
        nextNumber += 1
        numbers[question] = number
        pending[number] = Pending(
            question: question, askers: [asker], deadline: clock + limits.timeout, lane: lane)
        change(lane) { $0.add(number) }
    }

    /// The credential turns out to be one that was valid here.
    private mutating func promote(_ number: Int) {
        guard let entry = pending[number], entry.lane == .new, !entry.isSent else { return }
        pending[number]?.lane = .known
        new.remove(number)
        known.add(number)
    }

    /// Who waits for what can't come in time need not wait.
    private mutating func giveUpHopeless(_ actions: inout Actions) {
        for lane in [Lane.known, .new] {
            let pauseEnd = max(pausedUntil, self[lane].pausedUntil)
            guard self[lane].isBreakerOpen || pauseEnd > clock else { continue }
            while let number = self[lane].first, let deadline = pending[number]?.deadline,
                self[lane].isBreakerOpen || deadline <= pauseEnd
            {
                change(lane) { _ = $0.removeFirst() }
                end(number, .unknown(.overloaded), &actions)
            }
        }
    }

    /// Tells those who wait for it.
    private mutating func end(_ number: Int, _ reply: AuthgearReply, _ actions: inout Actions) {
        guard let entry = pending.removeValue(forKey: number) else { return }
        numbers[entry.question] = nil
        for asker in entry.askers { actions.replies.append((asker, reply)) }
    }

    private subscript(lane: Lane) -> QuestionLane { lane == .known ? known : new }

    private mutating func change(_ lane: Lane, _ body: (inout QuestionLane) -> Void) {
        if lane == .known { body(&known) } else { body(&new) }
    }
}

// What is sent, and what its end says.
extension QuestionQueue {
    private mutating func sendWhatMay(_ begun: consuming Actions) -> Actions {
        var actions = begun
        guard !isStopped else { return actions }
        while sent < limits.connections, pausedUntil <= clock {
            if let due = presence.dueAt, due <= clock {
                presence.send(now: clock)
                actions.probe = clock + limits.timeout
            } else if let lane = nextLane {
                send(from: lane, &actions)
            } else {
                break
            }
        }
        return actions
    }

    /// Whose turn it is: who waits longest. With one connection alone the lanes can't share, and what was valid goes first.
    private var nextLane: Lane? {
        let mayAskNew = new.sent < new.sentLimit && new.pausedUntil <= clock && flood.mayAsk
        switch (known.first, mayAskNew ? new.first : nil) {
        case (nil, nil): return nil
        case (_?, nil): return .known
        case (nil, _?): return .new
        case (let known?, let new?): return new < known && limits.connections > 1 ? .new : .known
        }
    }

    private mutating func send(from lane: Lane, _ actions: inout Actions) {
        var number: Int?
        change(lane) { lane in
            number = lane.removeFirst()
            lane.sent += 1
        }
        guard let number, let entry = pending[number] else { return }
        pending[number]?.isSent = true
        if lane == .new { flood.countAsked() }
        actions.sends.append((entry.question, entry.deadline))
    }

    private mutating func note(_ result: QuestionResult, from lane: Lane) {
        guard case .unknown(let failure) = result.reply else {
            switch result.reply {
            case .invalid, .silent: if lane == .new { flood.countInvalid() }
            case .valid, .unknown: break
            }
            (known.failures, new.failures) = (0, 0)
            return presence.questionSucceeded()
        }
        // While Authgear is there, a refusal of what was never valid may be a firewall's, and says nothing about others.
        let isEarned = lane == .new && (result.isRateLimit || (failure == .refused && !presence.isFailing))
        let pauseEnd = result.pause.map { clock + $0 } ?? .min
        new.failures += 1
        if isEarned {
            new.pausedUntil = max(new.pausedUntil, pauseEnd)
            presence.request(now: clock)
        } else {
            known.failures += 1
            pausedUntil = max(pausedUntil, pauseEnd)
            presence.questionFailed(now: clock)
        }
    }
}
