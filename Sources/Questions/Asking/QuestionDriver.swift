import Authentication
import Bytes
import JOSE
import Logging
import NIOCore
package import Telemetry

/// Owns the queue of questions to one server, confined to one event loop; performs what the queue decides.
final class QuestionDriver<Endpoint: QuestionEndpoint> {
    typealias Question = Endpoint.Question
    typealias Asker = QuestionClient<Endpoint>.Reply
    typealias Queue = QuestionQueue<Question, Asker>

    /// Whom it asks; nil until somebody is named.
    private(set) var endpoint: Endpoint?
    private let eventLoop: any EventLoop
    private let send: @Sendable (QuestionOrder<Endpoint>) -> Void
    private let log: LimitedLog
    private var queue: Queue
    /// What was asked since another endpoint was announced; nil unless one was.
    private var held: [(question: Question, asker: Asker, isBackground: Bool)]?
    /// When credentials were last asked about, and sessions last touched, in nanoseconds of the steady clock: a question of any kind
    /// touches.
    private var lastAsked = SieveCache<Int64>(bound: CacheBound(entries: 65_536, bytes: 16 << 20))
    /// What was wrong with the last attempt that failed.
    private var problem: Endpoint.Problem?
    /// Whether a question has come to an end, well or badly, of whichever endpoint.
    private(set) var isTried = false
    /// Whether the log says that it fails.
    private var isFailureTold = false
    private var hasStarted = false
    /// How long attempts took that were sent.
    private var durations = DurationHistogram()
    /// The timer for the queue's next moment, and when it fires.
    private var timer: (task: Scheduled<Void>, at: Int64)?

    /// - Parameter send: begins an attempt; `ended` follows.
    init(
        _ endpoint: Endpoint?, eventLoop: any EventLoop, log: LimitedLog,
        send: @escaping @Sendable (QuestionOrder<Endpoint>) -> Void
    ) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.log = log
        self.send = send
        queue = QuestionQueue(Self.limits(of: endpoint))
    }

    /// Another endpoint is on its way, and the rules by which it is asked may come before it: what is asked from here on waits for it.
    /// `adopt` follows; what was asked before is answered meanwhile.
    func hold() {
        if held == nil { held = [] }
    }

    /// Asks another endpoint from now on, also what the former one was asked and has not answered: nobody is answered by it any
    /// more, and what is known of it says nothing about this one.
    func adopt(_ endpoint: Endpoint) {
        let asked = queue.takeAsked() + (held.take() ?? [])
        // Before the endpoint changes, because the log knows the former one by its place.
        forgetFailure()
        self.endpoint = endpoint
        problem = nil
        // It has not been told of any.
        lastAsked.removeAll()
        // A queue of its own, so that the former's open breaker does not hold this one's questions back.
        queue = QuestionQueue(Self.limits(of: endpoint))
        if hasStarted { perform(queue.start(now: now)) }
        for (question, asker, isBackground) in asked { ask(question, isBackground: isBackground, reply: asker) }
    }

    /// Without an endpoint each question fails at once.
    private static func limits(of endpoint: Endpoint?) -> QuestionLimits {
        endpoint?.limits ?? .init(connections: 0, waiting: 0, timeout: 0)
    }

    /// What the log says of the endpoint ends with it.
    private func forgetFailure() {
        guard let endpoint, isFailureTold else { return }
        isFailureTold = false
        log.forget(endpoint.condition, address: endpoint.place, member: ObjectIdentifier(self))
    }

    /// The steady clock, in nanoseconds.
    private var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds) }

    /// What is wrong and where, in words; nil when nothing is.
    var status: String? {
        guard queue.isFailing, let problem, let endpoint else { return nil }
        return endpoint.words(for: problem)
    }

    var figures: QuestionFigures {
        QuestionFigures(
            waiting: queue.waiting, sent: queue.sent, isBreakerOpen: queue.isBreakerOpen, durations: durations)
    }

    func start() {
        hasStarted = true
        if endpoint != nil { perform(queue.start(now: now)) }
    }

    func stop() {
        perform(queue.stop())
        for (_, asker, _) in held.take() ?? [] { asker(.unreachable) }
    }

    /// Asks unless that was done within the last while, for whichever event loop.
    func touch(_ session: SHA256Digest, by question: Question, reply: @escaping Asker) {
        for digest in [question.digest, session] {
            if let last = lastAsked.value(for: digest), now - last < Self.touchInterval { return }
        }
        lastAsked.insert(now, for: session, cost: 0)
        ask(question, isBackground: true, reply: reply)
    }

    private static var touchInterval: Int64 { 60_000_000_000 }

    /// - Parameter isBackground: whether no request waits for it.
    func ask(_ question: Question, isBackground: Bool, reply: @escaping Asker) {
        guard held == nil else { return wait(question, isBackground: isBackground, reply: reply) }
        lastAsked.insert(now, for: question.digest, cost: 0)
        perform(queue.asked(question, by: reply, isBackground: isBackground, now: now))
    }

    private func wait(_ question: Question, isBackground: Bool, reply: @escaping Asker) {
        guard held?.count ?? 0 < Self.heldLimit else { return reply(.overloaded) }
        held?.append((question, reply, isBackground))
    }

    /// For the moment that a reload takes.
    private static var heldLimit: Int { 10_000 }

    /// - Parameter took: in nanoseconds.
    func ended(_ order: QuestionOrder<Endpoint>, with outcome: QuestionOutcome<Endpoint>, took: Int64) {
        // The service ends, which says nothing about the server; who waits is told when the queue stops.
        guard !outcome.isStopped else { return }
        // One of a former endpoint: what it was asked was asked again when this one took its place.
        guard order.endpoint === endpoint else { return }
        isTried = true
        durations.record(nanoseconds: took)
        if let problem = outcome.problem { self.problem = problem }
        if let warning = outcome.warning {
            log.event(
                .warning, "a server's answers are in doubt", address: order.endpoint.place,
                at: eventLoop.now.uptimeNanoseconds
            ) { .init([.address: order.endpoint.place, .reason: warning]) }
        }
        if let question = order.question {
            perform(queue.ended(question, with: outcome.result, now: now))
        } else {
            perform(queue.probeEnded(outcome.result, now: now))
        }
        tell()
    }

    private func tell() {
        guard let endpoint, queue.isFailing || isFailureTold else { return }
        isFailureTold = queue.isFailing
        let reason = queue.isFailing ? problem.map { "\($0)" } : nil
        var metadata = Logger.Metadata([.address: endpoint.place])
        if let reason { metadata.merge(.init([.reason: reason])) { $1 } }
        log.condition(
            endpoint.condition, address: endpoint.place, member: ObjectIdentifier(self), problem: reason,
            metadata: metadata, at: eventLoop.now.uptimeNanoseconds)
    }

    private func perform(_ actions: consuming Queue.Actions) {
        if let deadline = actions.probe { order(question: nil, by: deadline) }
        for sent in actions.sends { order(question: sent.question, by: sent.deadline) }
        for answer in actions.replies { answer.asker(answer.reply) }
        setTimer()
    }

    private func order(question: Question?, by deadline: Int64) {
        guard let endpoint else { return }
        send(QuestionOrder(question: question, deadline: Self.moment(at: deadline), endpoint: endpoint))
    }

    private func setTimer() {
        let moment = queue.wakeAt
        guard timer?.at != moment else { return }
        timer?.task.cancel()
        timer = moment.map { moment in
            let task = eventLoop.assumeIsolated().scheduleTask(deadline: Self.moment(at: moment)) { self.fire() }
            return (task, moment)
        }
    }

    private func fire() {
        timer = nil
        perform(queue.timePassed(now: now))
    }

    private static func moment(at nanoseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(UInt64(clamping: nanoseconds))
    }
}

/// One attempt that is to be made.
struct QuestionOrder<Endpoint: QuestionEndpoint>: Sendable {
    /// Nil: the one that no request has asked.
    var question: Endpoint.Question?
    var deadline: NIODeadline
    let endpoint: Endpoint
}

/// What `/status` says about questions to one server.
package struct QuestionFigures: Sendable {
    /// Questions that wait to be sent.
    package var waiting: Int
    /// Questions that are sent and not answered.
    package var sent: Int
    /// Whether questions fail at once because the server failed several times in a row.
    package var isBreakerOpen: Bool
    /// How long the questions took that were sent, from there on.
    package var durations: DurationHistogram
}
