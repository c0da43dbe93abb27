/// Whether the server is there, which is asked without a credential: once at the start, then each second while the last
/// question of any kind failed. `now` is the steady clock, in nanoseconds.
struct PresenceProbe {
    static let interval: Int64 = 1_000_000_000

    /// Whether the last question of any kind failed.
    private(set) var isFailing = false
    /// Whether it is asked right now.
    private(set) var isSent = false
    /// When it is to be asked.
    private(set) var dueAt: Int64?
    /// When it was asked last.
    private var sentAt: Int64 = .min

    mutating func start(now: Int64) { dueAt = now }

    mutating func send(now: Int64) {
        (isSent, sentAt, dueAt) = (true, now, nil)
    }

    mutating func ended(isFailure: Bool, now: Int64) {
        isSent = false
        isFailing = isFailure
        dueAt = isFailure ? max(sentAt + Self.interval, now) : nil
    }

    /// - Parameter now: nil: it is not to be asked.
    mutating func questionFailed(now: Int64?) {
        isFailing = true
        if let now { request(now: now) }
    }

    mutating func questionSucceeded() {
        (isFailing, dueAt) = (false, nil)
    }

    /// Somebody needs to know.
    mutating func request(now: Int64) {
        if !isSent, dueAt == nil { dueAt = now + Self.interval }
    }
}
