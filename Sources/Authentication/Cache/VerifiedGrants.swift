import Bytes
import JOSE

/// What was verified of tokens that end with their session, by their digests: their records are read anew, and one whose session
/// has ended costs a look-up each time, as an opaque token does, and no signature.
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
        guard let known = grants.value(for: digest), now.timestamp < known.expiresAt,
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

/// A token that was verified, as far as its session needs it.
struct VerifiedGrant {
    /// The access grant that the token names by its `jti`.
    let hash: [UInt8]
    /// Whom the token names.
    let subject: [UInt8]
    /// The key that verified it.
    let signer: SignerID
    /// From when on it is no longer valid.
    let expiresAt: Timestamp

    /// All that the token says; nil where nobody asks for it.
    let statement: MappedClaims?
    /// What its sender has to prove; nil: nothing.
    let binding: KeyBinding?

    /// Nil when it does not end with a session.
    init?(_ token: borrowing VerifiedToken, keepsStatement: Bool) {
        guard let hash = token.grantHash else { return nil }
        self.hash = hash
        subject = token.subject
        signer = SignerID(token)
        expiresAt = token.expiresAt
        statement = keepsStatement ? token.statement : nil
        binding = token.binding
    }

    /// What it keeps of the token, in bytes.
    var memory: Int { hash.count + subject.count + (statement?.memory ?? 0) }

    func evidence(under policy: UInt32) -> Evidence { Evidence(signer: signer, until: expiresAt, under: policy) }
}
