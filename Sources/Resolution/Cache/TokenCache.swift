import Bytes
import Tokens

/// What is remembered of tokens, by their SHA-256; the tokens themselves are not kept.
///
/// Valid tokens have their finished answers; tokens that were refused for their signature, or after it was looked at, have a
/// small cache of their own, so that repeating one costs no signature, and a flood of them pushes out no valid one.
struct TokenCache {
    private var answers: SieveCache<TokenAnswer>
    private var refused: SieveCache<RefusedToken>
    private var signers: Set<SignerID> = []
    private var hits = 0
    private var misses = 0

    init(bound: CacheBound) {
        answers = SieveCache(bound: bound)
        refused = SieveCache(bound: bound.entries > 0 ? CacheRules.refusedTokens : bound)
    }

    /// The answer of a token that was verified and is valid still.
    mutating func answer(for digest: SHA256Digest, with keys: KeyRing, now: Moment) -> Answer? {
        guard let known = answers.value(for: digest) else {
            misses += 1
            return nil
        }
        guard now.timestamp < known.expiresAt, now.steady < keys.issuers[known.signer.issuer].usableUntil else {
            misses += 1
            answers.remove(digest)
            return nil
        }
        hits += 1
        return known.answer
    }

    /// Why the token was refused, when that took its signature. Without keys of its issuer nobody can say that it is forged.
    mutating func refusal(for digest: SHA256Digest, with keys: KeyRing, now: Moment) -> RefusedToken.Reason? {
        guard let known = refused.value(for: digest), now.steady < keys.issuers[known.issuer].usableUntil else {
            return nil
        }
        if case .tooLong(_, let expiresAt) = known.reason, now.timestamp >= expiresAt { return nil }
        return known.reason
    }

    mutating func remember(_ answer: Answer, of token: borrowing VerifiedToken, for digest: SHA256Digest) {
        let signer = SignerID(issuer: token.issuer, fingerprint: token.key.fingerprint.firstWord)
        let known = TokenAnswer(answer: answer, expiresAt: token.expiresAt, signer: signer)
        answers.insert(known, for: digest, cost: answer.memory)
    }

    mutating func remember(_ token: RefusedToken, for digest: SHA256Digest) {
        refused.insert(token, for: digest, cost: 0)
    }

    /// Forgets what rested on keys that are gone. With a new key of its issuer a signature that was wrong may be right.
    mutating func keysChanged(to ring: KeyRing) {
        var present: Set<SignerID> = []
        for (issuer, keys) in ring.issuers.enumerated() {
            for key in keys.set?.keys ?? [] {
                present.insert(SignerID(issuer: issuer, fingerprint: key.fingerprint.firstWord))
            }
        }
        guard present != signers else { return }
        if !present.isSuperset(of: signers) { answers.removeAll { !present.contains($0.signer) } }
        let changed = Set(present.symmetricDifference(signers).map(\.issuer))
        refused.removeAll { changed.contains($0.issuer) }
        signers = present
    }

    var figures: CacheFigures { CacheFigures(of: answers, hits: hits, misses: misses) }
}

extension Answer {
    /// The memory that it takes beside the value itself: the array's header and its bytes.
    var memory: Int { 32 + head.capacity }
}
