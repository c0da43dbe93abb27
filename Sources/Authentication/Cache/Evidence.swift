import Bytes
import JOSE

/// What an answer rests on. It may be given again while all of this holds.
struct Evidence {
    /// The longest chain: an access grant, its offline grant, the IdP session behind that, and two records of the user's that are
    /// missing.
    private static let maximumRecords = 5

    private var records = InlineArray<5, RecordWatch>(repeating: RecordWatch(place: 0, since: 0))
    private var recordCount: UInt8 = 0
    /// Nothing told of changes when one of the records was read, so the answer can't be kept.
    private(set) var isUnwatched = false
    /// The policy under which it was gathered: one of `CurrentPolicies`.
    let policy: UInt32
    /// The key that verified a token.
    private(set) var signer: SignerID?
    /// The last moment by the civil clock: a token's `exp`, sessions' ends and idle time-outs, when a user's record turns
    /// stale. These are dates.
    private(set) var lastValidAt = Timestamp.distantFuture
    /// The last moment by the steady clock, even if the civil clock is set back meanwhile.
    private(set) var keptUntil = Int64.max
    /// From when on, by the steady clock, a use of the answer has it renewed in the background; far away when none does.
    private(set) var renewedFrom = Int64.max
    /// The issuer, of tokens or of a cookie, whose server was asked and vouches for it; nil when none was.
    private(set) var askedOf: IssuerID?

    init(under policy: UInt32) {
        self.policy = policy
    }

    /// A token that was verified, up to its expiry.
    init(_ token: borrowing VerifiedToken, under policy: UInt32) {
        self.init(signer: SignerID(token), until: token.expiresAt, under: policy)
    }

    /// - Parameters:
    ///   - signer: the key that verified a token.
    ///   - expiry: from when on the token is no longer valid.
    init(signer: SignerID, until expiry: Timestamp, under policy: UInt32) {
        self.policy = policy
        self.signer = signer
        lastValidAt = expiry.adding(microseconds: -1)
    }

    /// It rests on a record as well.
    ///
    /// - Parameter watch: nil when nothing tells of the record's changes.
    mutating func add(_ watch: RecordWatch?) {
        guard let watch, Int(recordCount) < Self.maximumRecords else { return isUnwatched = true }
        records[Int(recordCount)] = watch
        recordCount += 1
    }

    /// It is good up to this moment at most.
    mutating func limit(to lastMoment: Timestamp) {
        lastValidAt = min(lastValidAt, lastMoment)
    }

    /// It may be kept up to this moment of the steady clock at most.
    mutating func keep(until steady: Int64) {
        keptUntil = min(keptUntil, steady)
    }

    /// It rests on Authgear's word, which holds for so long.
    mutating func rest(onAuthgearFor age: Duration, now: Moment) {
        keep(until: now.steady(after: age))
        renewedFrom = now.steady(after: age * 4 / 5)
    }

    /// It rests on what a server says, which holds for so long from when it was asked, and no longer than the credential.
    ///
    /// - Parameter expiry: from when on the credential is no longer valid; nil: nobody said.
    mutating func rest(
        onAnswerOf issuer: IssuerID, for age: Duration, since askedAt: Int64, until expiry: Timestamp?, now: Moment
    ) {
        askedOf = issuer
        var end = askedAt + age.nanoseconds
        keep(until: end)
        if let expiry {
            limit(to: expiry.adding(microseconds: -1))
            end = min(end, now.steady(at: expiry))
        }
        // In the last fifth. What lives for less than a second is not worth it.
        if end - askedAt >= 1_000_000_000 { renewedFrom = min(renewedFrom, end - (end - askedAt) / 5) }
    }

    /// A renewal was asked for: not again before then.
    mutating func postponeRenewal(until steady: Int64) { renewedFrom = steady }

    /// From when on it is over, by the civil clock.
    var end: Timestamp { lastValidAt.adding(microseconds: 1) }

    var restsOnRecords: Bool { recordCount > 0 || isUnwatched }

    /// Whether a decision that rests on this may still be gone on with: nothing of it has ended while it waited.
    func isAllowed(by policies: CurrentPolicies, now: Moment) -> Bool {
        now.timestamp <= lastValidAt && (policy == policies.format || policy == policies.sessions)
            && signer.map { policies.keysUsableUntil($0.issuer) > .min } ?? true
    }

    /// Whether an answer may be given, as far as these tell.
    @inline(__always)
    func holds(policies: CurrentPolicies, watches: borrowing RecordWatches, now: Moment) -> Bool {
        guard now.timestamp <= lastValidAt, now.steady <= keptUntil, !isUnwatched else { return false }
        guard policy == policies.format || policy == policies.sessions else { return false }
        if let signer, now.steady >= policies.keysUsableUntil(signer.issuer) { return false }
        guard recordCount > 0 else { return true }
        guard watches.areTrusted(at: now) else { return false }
        for index in 0..<Int(recordCount) where watches.isBroken(records[index]) { return false }
        return true
    }
}

/// A key of an issuer, by the beginning of its fingerprint.
struct SignerID: Hashable {
    let issuer: IssuerID
    let fingerprint: UInt64
}

extension SignerID {
    /// The key that verified a token.
    init(_ token: borrowing VerifiedToken) {
        self.init(issuer: token.issuer, fingerprint: token.key.fingerprint.firstWord)
    }
}
