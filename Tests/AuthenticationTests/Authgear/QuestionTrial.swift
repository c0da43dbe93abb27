import Authentication
import Bytes
import JOSE

/// Steps a queue of questions by hand: it keeps the clock, plays the timer and Authgear, and writes down what happens.
///
/// Questions have names; one about a credential that was valid before begins with `u`, for user, one that no request waits for
/// with `b`, for background, and a comparison's with `s`, for shadow. Moments are seconds since the trial began.
final class QuestionTrial {
    static let begin: Int64 = 5_000_000_000_000

    private var queue: QuestionQueue<AuthgearQuestion, String>
    private(set) var now = QuestionTrial.begin
    /// What is sent and not answered, in order, with its deadline.
    private(set) var sent: [(name: String, deadline: Int64)] = []
    /// When each question was sent that ever was.
    private(set) var log: [(name: String, at: Double)] = []
    private(set) var probes: [Double] = []
    private(set) var probeDeadline: Int64?
    /// What each asker was told, in words.
    private(set) var replies: [String: [String]] = [:]
    private(set) var repliedAt: [String: Double] = [:]
    /// The most that was sent at once: all, and about credentials that were never valid.
    private(set) var peak = (all: 0, new: 0)

    init(connections: Int = 4, waiting: Int = 8, timeout: Double = 2) {
        queue = QuestionQueue(
            .init(connections: connections, waiting: waiting, timeout: Int64(timeout * 1e9)))
    }

    var time: Double { Double(now - Self.begin) / 1e9 }
    var names: [String] { sent.map(\.name) }
    var isProbing: Bool { probeDeadline != nil }
    var isBreakerOpen: Bool { queue.isBreakerOpen }
    var isFailing: Bool { queue.isFailing }
    var waiting: Int { queue.waiting }
    var isQuiet: Bool { queue.wakeAt == nil }

    /// What an asker was told; nil while it waits, `twice` when it was told more than once.
    func reply(_ asker: String) -> String? {
        let replies = replies[asker, default: []]
        return replies.count > 1 ? "twice" : replies.first
    }

    static func question(_ name: String) -> AuthgearQuestion {
        let value = Array("Bearer \(name)".utf8)
        return AuthgearQuestion(
            about: name.hasPrefix("s") ? .request(authorization: value, cookies: []) : .authorization(value),
            digest: SHA256Digest(of: Array(name.utf8).span.bytes), wasValid: !name.hasPrefix("n"))
    }

    func start() { perform(queue.start(now: now)) }

    /// - Parameter asker: the question's name unless given.
    func ask(_ name: String, as asker: String? = nil) {
        ask(Self.question(name), as: asker ?? name, isBackground: name.hasPrefix("b") || name.hasPrefix("s"))
    }

    func ask(_ question: AuthgearQuestion, as asker: String, isBackground: Bool = false) {
        perform(queue.asked(question, by: asker, isBackground: isBackground, now: now))
    }

    func answer(_ name: String, _ result: QuestionResult) {
        sent.removeAll { $0.name == name }
        perform(queue.ended(Self.question(name), with: result, now: now))
    }

    func answerProbe(_ result: QuestionResult = .there) {
        probeDeadline = nil
        perform(queue.probeEnded(result, now: now))
    }

    func stop() { perform(queue.stop()) }

    /// Lets time pass: the timer fires whenever the queue asked for it, and what is sent ends at its deadline.
    func pass(_ seconds: Double) {
        let end = now + Int64(seconds * 1e9)
        var steps = 0
        while let moment = nextMoment, moment <= end {
            steps += 1
            precondition(steps < 100_000, "the queue asks to be woken again and again")
            now = max(now, moment)
            if let late = sent.first(where: { $0.deadline <= now }) {
                answer(late.name, .failed(.timedOut))
            } else if let deadline = probeDeadline, deadline <= now {
                answerProbe(.failed(.timedOut))
            } else {
                perform(queue.timePassed(now: now))
            }
        }
        now = end
    }

    private var nextMoment: Int64? {
        (sent.map(\.deadline) + [queue.wakeAt, probeDeadline].compactMap { $0 }).min()
    }

    private func perform(_ actions: QuestionQueue<AuthgearQuestion, String>.Actions) {
        if let deadline = actions.probe {
            precondition(probeDeadline == nil, "one probe at a time")
            probeDeadline = deadline
            probes.append(time)
        }
        for send in actions.sends {
            let value: [UInt8]
            switch send.question.credential {
            case .authorization(let authorization), .request(let authorization?, _): value = authorization
            case .cookie, .request: continue
            }
            let name = String(decoding: value.dropFirst("Bearer ".utf8.count), as: UTF8.self)
            precondition(!names.contains(name), "each question is sent once at a time")
            precondition(send.deadline > now, "nothing is sent too late")
            sent.append((name, send.deadline))
            log.append((name, time))
        }
        for (asker, reply) in actions.replies {
            replies[asker, default: []].append(Self.words(reply))
            repliedAt[asker] = time
        }
        peak.all = max(peak.all, queue.sent)
        peak.new = max(peak.new, names.count { $0.hasPrefix("n") })
    }

    private static func words(_ reply: AuthgearReply) -> String {
        switch reply {
        case .valid(let identity): "valid \(String(decoding: identity.userID, as: UTF8.self))"
        case .invalid, .silent: "invalid"
        case .unknown(let failure): "\(failure)"
        }
    }
}

extension QuestionResult {
    static let valid = answer(200, ["x-authgear-session-valid": "true", "x-authgear-user-id": "e307"])
    static let invalid = answer(200, ["x-authgear-session-valid": "false"])
    /// What Authgear answers without a credential.
    static let there = answer(200)
    static let unreachable = QuestionResult.failed(.unreachable)

    static func answer(_ status: Int, _ fields: [String: String] = [:]) -> QuestionResult {
        .answered(AuthgearAnswer(status: status, fields: fields.map { (name: $0, value: $1) }, hasBody: false))
    }

    /// - Parameter pause: `Retry-After`, in seconds.
    static func busy(_ status: Int, pause: Int? = nil) -> QuestionResult {
        answer(status, pause.map { ["Retry-After": "\($0)"] } ?? [:])
    }
}
