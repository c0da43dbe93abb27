/// Whether a server means it when it calls credentials invalid: it is asked about one of our own, which is valid. Some call
/// everything invalid that a client asks about whose own credentials are wrong (contract section 19).
///
/// `now` is the steady clock, in nanoseconds.
struct SelfCheck {
    static let interval: Int64 = 300_000_000_000
    /// Nothing but invalid for so long is a reason to ask.
    static let silence: Int64 = 60_000_000_000

    /// While it is not, "invalid" says nothing.
    private(set) var isBelieved = false
    private(set) var isSent = false
    /// When it is to be asked, whatever is heard.
    private var nextAt: Int64 = .max
    /// When the first "invalid" was heard since something else was, or since it was asked; nil when none was.
    private var invalidSince: Int64?

    mutating func start(now: Int64) { nextAt = now }

    /// When it is due; nil while it is asked.
    var dueAt: Int64? {
        guard !isSent, nextAt < .max else { return nil }
        return min(nextAt, invalidSince.map { $0 + Self.silence } ?? .max)
    }

    mutating func send(now: Int64) {
        (isSent, nextAt, invalidSince) = (true, now + Self.interval, nil)
    }

    /// What the server called one of others' credentials.
    mutating func heard(_ kind: ReplyKind, now: Int64) {
        switch kind {
        case .valid: invalidSince = nil
        case .invalid: if invalidSince == nil { invalidSince = now }
        case .unknown: break
        }
    }

    /// - Parameter kind: what the server called our own. Unknown, also when we got none: that says nothing against it.
    mutating func ended(_ kind: ReplyKind) {
        // The first one decides: before it is answered nobody knows.
        let isFirst = isSent && !hasEnded
        (isSent, hasEnded) = (false, true)
        switch kind {
        case .valid: isBelieved = true
        case .invalid: isBelieved = false
        case .unknown: if isFirst { isBelieved = true }
        }
    }

    private var hasEnded = false
}
