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

    /// Why the token has no answer. Without keys of its issuer nobody can say that it is forged.
    mutating func reason(for digest: SHA256Digest, under policies: CurrentPolicies, now: Moment) -> RefusedToken.Reason?
    {
        guard let known = tokens.value(for: digest) else { return nil }
        if case .asked(_, let until) = known.reason {
            return now.steady <= until && known.format == policies.format ? known.reason : nil
        }
        guard now.steady < policies.keysUsableUntil(known.issuer),
            known.format == policies.format
        else { return nil }
        if case .tooLong(_, let expiresAt) = known.reason, now.timestamp >= expiresAt { return nil }
        return known.reason
    }

    mutating func remember(_ token: RefusedToken, for digest: SHA256Digest) {
        tokens.insert(token, for: digest, cost: 0)
    }

    mutating func forget(_ digest: SHA256Digest) { tokens.remove(digest) }

    /// Forgets what servers said, but for those of these issuers.
    mutating func forgetAnswers(notOf issuers: Set<IssuerID>) {
        tokens.removeAll { token in
            if case .asked = token.reason { !issuers.contains(token.issuer) } else { false }
        }
    }

    /// Forgets those that were refused because nobody checked the proof that they need.
    mutating func forgetUnproved() {
        tokens.removeAll { token in
            if case .asked(.claims(.confirmationUnchecked), _) = token.reason { true } else { false }
        }
    }

    /// Forgets the tokens of issuers whose keys changed: with a new key a signature that was wrong may be right.
    mutating func keysChanged(of issuers: Set<IssuerID>) {
        tokens.removeAll { token in
            // What was asked rests on no key of an opaque token, and a JWT's is looked at again soon.
            if case .asked = token.reason { false } else { issuers.contains(token.issuer) }
        }
    }
}

/// A token for which there is no answer although no check before its signature fails, and what that rests on.
struct RefusedToken {
    let reason: Reason
    /// As long as its keys are the same, and may be used, the reason holds.
    let issuer: IssuerID
    /// How answers were written then.
    let format: UInt32

    /// What costs a signature to find out.
    enum Reason {
        /// The signature is wrong.
        case forged
        /// The signature is right, and what it vouches for can't be stated.
        case unstatable(HeaderRefusal)
        /// The signature is right, the answer would be too long, and the token is expired from a moment on.
        case tooLong(LongAnswer, until: Timestamp)
        /// A server was asked about it, and up to a moment of the steady clock it is not asked again.
        case asked(ClaimsRefusal, until: Int64)
    }
}
