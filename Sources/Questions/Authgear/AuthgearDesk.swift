import Authentication
import Bytes
import Logging
import NIOCore
import Telemetry

/// Owns the queue of questions, confined to one event loop; performs what the queue decides.
final class AuthgearDesk {
    private static let condition = Condition(
        good: "Authgear answers again", bad: "Authgear does not answer as it should", badLevel: .warning)

    private let endpoint: AuthgearEndpoint
    private let eventLoop: any EventLoop
    private let send: @Sendable (AuthgearOrder) -> Void
    private let log: LimitedLog
    private var queue: QuestionQueue<AuthgearClient.Reply>
    /// When credentials were last asked about, in nanoseconds of the steady clock: a question of any kind touches.
    private var lastAsked = SieveCache<Int64>(bound: CacheBound(entries: 65_536, bytes: 16 << 20))
    /// What was wrong with the last attempt that failed.
    private var problem: AuthgearProblem?
    /// Whether the log says that it fails.
    private var isFailureTold = false
    /// How long attempts took that were sent.
    private var durations = DurationHistogram()
    /// The timer for the queue's next moment, and when it fires.
    private var timer: (task: Scheduled<Void>, at: Int64)?

    /// - Parameter send: begins an attempt; `ended` follows.
    init(
        _ endpoint: AuthgearEndpoint, eventLoop: any EventLoop, log: LimitedLog,
        send: @escaping @Sendable (AuthgearOrder) -> Void
    ) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.log = log
        self.send = send
        let settings = endpoint.settings
        queue = QuestionQueue(
            .init(
                connections: settings.connections, waiting: settings.waiting,
                timeout: settings.timeout.nanoseconds))
    }

    /// The steady clock, in nanoseconds.
    private var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds) }

    /// What is wrong and where, in words; nil when nothing is.
    var status: String? {
        guard queue.isFailing, let problem else { return nil }
        return endpoint.words(problem)
    }

    var figures: AuthgearFigures {
        AuthgearFigures(
            waiting: queue.waiting, sent: queue.sent, isBreakerOpen: queue.isBreakerOpen, durations: durations)
    }

    func start() { perform(queue.start(now: now)) }

    func stop() { perform(queue.stop()) }

    /// Asks unless that was done within the last while, for whichever event loop.
    func touch(_ question: AuthgearQuestion, reply: @escaping AuthgearClient.Reply) {
        if let last = lastAsked.value(for: question.digest), now - last < Self.touchInterval { return }
        ask(question, isBackground: true, reply: reply)
    }

    private static let touchInterval: Int64 = 60_000_000_000

    /// - Parameter isBackground: whether no request waits for it.
    func ask(_ question: AuthgearQuestion, isBackground: Bool, reply: @escaping AuthgearClient.Reply) {
        lastAsked.insert(now, for: question.digest, cost: 0)
        perform(queue.asked(question, by: reply, isBackground: isBackground, now: now))
    }

    /// - Parameter took: in nanoseconds.
    func ended(_ order: AuthgearOrder, _ outcome: AuthgearOutcome, took: Int64) {
        // The service ends, which says nothing about Authgear; who waits is told when the queue stops.
        guard outcome.problem != .request(.stopped) else { return }
        durations.record(nanoseconds: took)
        if let problem = outcome.problem { self.problem = problem }
        if let question = order.question {
            perform(queue.ended(question, outcome.result, now: now))
        } else {
            perform(queue.probeEnded(outcome.result, now: now))
        }
        tell()
    }

    private func tell() {
        guard queue.isFailing || isFailureTold else { return }
        isFailureTold = queue.isFailing
        let reason = queue.isFailing ? problem.map { "\($0)" } : nil
        var metadata = Logger.Metadata([.address: endpoint.place])
        if let reason { metadata.merge(.init([.reason: reason])) { $1 } }
        log.condition(
            Self.condition, address: endpoint.place, member: ObjectIdentifier(self), problem: reason,
            metadata: metadata, at: eventLoop.now.uptimeNanoseconds)
    }

    private func perform(_ actions: consuming QuestionQueue<AuthgearClient.Reply>.Actions) {
        if let deadline = actions.probe { send(AuthgearOrder(question: nil, deadline: Self.moment(deadline))) }
        for sent in actions.sends {
            send(AuthgearOrder(question: sent.question, deadline: Self.moment(sent.deadline)))
        }
        for answer in actions.replies { answer.asker(answer.reply) }
        setTimer()
    }

    private func setTimer() {
        let moment = queue.wakeAt
        guard timer?.at != moment else { return }
        timer?.task.cancel()
        timer = moment.map { moment in
            let task = eventLoop.assumeIsolated().scheduleTask(deadline: Self.moment(moment)) { self.fire() }
            return (task, moment)
        }
    }

    private func fire() {
        timer = nil
        perform(queue.timePassed(now: now))
    }

    private static func moment(_ nanoseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(UInt64(clamping: nanoseconds))
    }
}
