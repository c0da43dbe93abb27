import JOSE
import KeySets
import NIOCore

/// Steps a schedule by hand: it keeps the clock, plays the timer and the issuer, and writes down what happens.
final class Trial {
    private var schedule: RefreshSchedule<String>
    private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let began: NIODeadline
    /// The `kid`s of the set in the ring.
    private(set) var kids: Set<String>?
    var isTooOld = false
    /// When each fetch began, in seconds since the trial did, and what for.
    private(set) var fetches: [(at: Double, isEarly: Bool)] = []
    private(set) var isFetching = false
    /// What each asker was told, and when.
    private(set) var answers: [String: [KeyReply]] = [:]
    private(set) var answeredAt: [String: NIODeadline] = [:]
    /// Who was told something that is not so.
    private(set) var falseReplies: [String] = []
    private var kidAsked: [String: String] = [:]
    /// How many fetches had begun when a `kid` was first asked for.
    private var firstAsked: [String: Int] = [:]
    /// How many fetches had begun when the last one ended well.
    private var lastSuccess = 0
    /// When that one began, and when it ended.
    private var lastLook: (began: NIODeadline, ended: NIODeadline) = (.distantFuture, .distantFuture)
    private var fetchBegan = NIODeadline.distantFuture

    init(pace: Pace = .remote(wait: .seconds(1)), memory: Int = 1_024) {
        schedule = RefreshSchedule(pace: pace, memory: memory)
        began = now
    }

    var waiting: Int { schedule.waiting }
    var untilRefresh: TimeAmount { schedule.untilRefresh(now: now) }
    var earlyFetches: [Double] { fetches.filter(\.isEarly).map(\.at) }

    /// What an asker was told; nil while it waits, or when it was told more than once.
    func answer(_ asker: String) -> KeyReply? {
        answers[asker]?.count == 1 ? answers[asker]?.first : nil
    }

    func start() {
        perform(schedule.start(now: now))
    }

    /// Starts with a set that was fetched at once.
    func load(_ kids: Set<String>, maxAge: TimeAmount? = nil) {
        start()
        succeed(kids, maxAge: maxAge)
    }

    /// Lets time pass; the timer fires whenever the schedule asked for it.
    func pass(_ span: TimeAmount) {
        let end = now + span
        while let moment = schedule.wakeAt, moment <= end {
            now = max(now, moment)
            perform(schedule.timePassed(now: now))
        }
        now = end
    }

    func find(_ kid: String?, as asker: String, mayWait: Bool = true) {
        kidAsked[asker] = kid
        if let kid, firstAsked[kid] == nil { firstAsked[kid] = fetches.count }
        let cause: MissingKey.Cause = kids == nil ? .neverLoaded : isTooOld ? .tooOld : .unknownKid
        perform(
            schedule.find(
                MissingKey(issuer: 0, kid: kid.map { Array($0.utf8) }, cause: cause), asker: asker,
                holding: .init(
                    hasKid: kid.map { kids?.contains($0) ?? false } ?? false, isUsable: kids != nil && !isTooOld),
                mayWait: mayWait, now: now))
    }

    func succeed(_ kids: Set<String>, maxAge: TimeAmount? = nil, jitter: Double = 0) {
        isFetching = false
        lastSuccess = fetches.count
        lastLook = (fetchBegan, now)
        self.kids = kids
        isTooOld = false
        perform(
            schedule.fetchSucceeded(maxAge: maxAge, jitter: jitter, now: now) { kid in
                kids.contains(String(decoding: kid, as: UTF8.self))
            })
    }

    func fail(jitter: Double = 1) {
        isFetching = false
        perform(schedule.fetchFailed(jitter: jitter, now: now))
    }

    func stop() {
        perform(schedule.stop())
    }

    private func perform(_ actions: RefreshSchedule<String>.Actions) {
        for answer in actions.answers {
            answers[answer.asker, default: []].append(answer.reply)
            answeredAt[answer.asker] = now
            if !isTrue(answer.reply, for: kidAsked[answer.asker]) { falseReplies.append(answer.asker) }
        }
        if let fetch = actions.fetch {
            precondition(!isFetching, "one fetch at a time")
            isFetching = true
            fetchBegan = now
            fetches.append((Double((now - began).nanoseconds) / 1e9, fetch == .early))
        }
    }

    /// The rules of the replies, written out without the schedule's state.
    private func isTrue(_ reply: KeyReply, for kid: String?) -> Bool {
        guard let kid else { return reply != .absent }
        let isHeld = kids?.contains(kid) ?? false
        return switch reply {
        case .arrived: isHeld
        case .absent:
            !isHeld && firstAsked[kid, default: .max] < lastSuccess
                && (now == lastLook.ended || now < lastLook.began + .seconds(30))
        case .unavailable: !isHeld || isTooOld
        }
    }
}
