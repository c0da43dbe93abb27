import Bytes
import JOSE

/// What was verified of tokens that somebody is asked about, by their digests. Of those that end with their session the records are
/// read anew, and one whose session has ended costs a look-up each time, as an opaque token does, and no signature. Those that
/// a server is asked about cost none either while it does not say.
struct VerifiedGrants {
    private var grants: SieveCache<VerifiedGrant>

    /// - Parameter bound: that of the answers; nothing is kept here when nothing is there.
    init(besideAnswersOf bound: CacheBound) {
        grants = SieveCache(bound: Self.bound(besideAnswersOf: bound))
    }

    mutating func resize(besideAnswersOf bound: CacheBound) { grants.resize(to: Self.bound(besideAnswersOf: bound)) }

    private static func bound(besideAnswersOf bound: CacheBound) -> CacheBound {
        bound.entries > 0 ? CacheRules.verifiedGrants : bound
    }

    /// What is known of a token while its key and its time still hold.
    mutating func grant(for digest: SHA256Digest, under policies: CurrentPolicies, now: Moment) -> VerifiedGrant? {
        guard let known = grants.value(for: digest), now.timestamp < known.expiresAt, now.steady <= known.keptUntil,
            now.steady < policies.keysUsableUntil(known.signer.issuer)
        else { return nil }
        return known
    }

    mutating func remember(_ grant: VerifiedGrant, for digest: SHA256Digest) {
        grants.insert(grant, for: digest, cost: grant.memory)
    }

    /// Forgets what was verified with keys that are gone.
    mutating func signersChanged(to present: Set<SignerID>) {
        grants.removeAll { !present.contains($0.signer) }
    }
}

/// A token that was verified, as far as whom it is asked of needs it.
struct VerifiedGrant {
    /// How long one is kept that does not end with a session, for a server that does not say.
    private static let maximumAge = Duration.seconds(60)

    /// The access grant that the token names by its `jti`; nil when it does not end with a session.
    let hash: [UInt8]?
    /// Whom the token names.
    let subject: [UInt8]
    /// The key that verified it.
    let signer: SignerID
    /// From when on it is no longer valid.
    let expiresAt: Timestamp
    /// Up to when it is kept, on the steady clock.
    let keptUntil: Int64

    /// All that the token says; nil where nobody asks for it.
    let statement: MappedClaims?
    /// What its sender has to prove; nil: nothing.
    let binding: KeyBinding?

    init(_ token: borrowing VerifiedToken, keepsStatement: Bool, now: Moment) {
        hash = token.grantHash
        keptUntil = hash == nil ? now.steady(after: Self.maximumAge) : .max
        subject = token.subject
        signer = SignerID(token)
        expiresAt = token.expiresAt
        statement = keepsStatement ? token.statement : nil
        binding = token.binding
    }

    /// What it keeps of the token, in bytes.
    var memory: Int { (hash?.count ?? 0) + subject.count + (statement?.memory ?? 0) }

    func evidence(under policy: UInt32) -> Evidence { Evidence(signer: signer, until: expiresAt, under: policy) }
}
