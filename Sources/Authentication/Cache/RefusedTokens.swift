import Bytes
import JOSE

/// Tokens without an answer that took a signature or a question to find out, by their digests: repeating one costs no other. They have a small
/// cache of their own, so that a flood of them pushes out no valid one.
struct RefusedTokens {
    private var tokens: SieveCache<RefusedToken>

    /// - Parameter bound: that of the answers; nothing is kept here when nothing is there.
    init(besideAnswersOf bound: CacheBound) {
        tokens = SieveCache(bound: Self.bound(besideAnswersOf: bound))
    }

    mutating func resize(besideAnswersOf bound: CacheBound) { tokens.resize(to: Self.bound(besideAnswersOf: bound)) }

    private static func bound(besideAnswersOf bound: CacheBound) -> CacheBound {
        bound.entries > 0 ? CacheRules.refusedTokens : bound
    }

    /// Why the token has no answer. Where nobody was asked, without keys of its issuer nobody can say that it is forged.
    mutating func reason(for digest: SHA256Digest, under policies: CurrentPolicies, now: Moment) -> RefusedToken.Reason?
    {
        guard let known = tokens.value(for: digest), known.format == policies.format else { return nil }
        let isGood =
            known.askedUntil.map { now.steady <= $0 } ?? (now.steady < policies.keysUsableUntil(known.issuer))
        guard isGood else { return nil }
        if case .tooLong(_, let expiresAt) = known.reason, now.timestamp >= expiresAt { return nil }
        return known.reason
    }

    mutating func remember(_ token: RefusedToken, for digest: SHA256Digest) {
        tokens.insert(token, for: digest, cost: 0)
    }

    mutating func forget(_ digest: SHA256Digest) { tokens.remove(digest) }

    mutating func forgetAll() { tokens.removeAll() }

    /// Forgets what servers said, but for those of these issuers.
    mutating func forgetAnswers(notOf issuers: Set<IssuerID>) {
        tokens.removeAll { $0.askedUntil != nil && !issuers.contains($0.issuer) }
    }

    /// Forgets those that were refused because nobody checked the proof that they need.
    mutating func forgetUnproved() {
        tokens.removeAll { token in
            if case .asked(.claims(.confirmationUnchecked)) = token.reason { true } else { false }
        }
    }

    /// Forgets the tokens of issuers whose keys changed: with a new key a signature that was wrong may be right.
    mutating func keysChanged(of issuers: Set<IssuerID>) {
        // What was asked rests on no key of an opaque token, and a JWT's is looked at again soon.
        tokens.removeAll { $0.askedUntil == nil && issuers.contains($0.issuer) }
    }
}

/// A token for which there is no answer although no check before its signature fails, and what that rests on.
struct RefusedToken {
    let reason: Reason
    /// As long as its keys are the same, and may be used, the reason holds.
    let issuer: IssuerID
    /// How answers were written then.
    let format: UInt32
    /// Up to when, on the steady clock, the server that was asked about it is not asked again, whatever its keys; nil: none was.
    var askedUntil: Int64?

    /// What costs a signature or a question to find out.
    enum Reason {
        /// The signature is wrong.
        case forged
        /// It is good, and what is said of its user can't be stated.
        case unstatable(HeaderRefusal)
        /// It is good, the answer would be too long, and the token is expired from a moment on.
        case tooLong(LongAnswer, until: Timestamp)
        /// It is not what the server that was asked about it must say.
        case asked(ClaimsRefusal)
    }
}

extension RefusedToken.Reason {
    /// - Parameter expiry: from when on the token is expired.
    init(_ fault: AnswerFault, until expiry: Timestamp) {
        self =
            switch fault {
            case .refused(let refusal): .unstatable(refusal)
            case .tooLong(let answer): .tooLong(answer, until: expiry)
            }
    }
}
