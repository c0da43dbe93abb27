import Bytes
import JOSE

/// Answers of credentials that were valid, by the credentials' digests; the credentials themselves are not kept.
///
/// A hit holds while its evidence does: whatever an answer comes to rest on, it needs no other cache.
struct AnswerCache {
    private var answers: SieveCache<CachedAnswer>
    private var hits = 0
    private var misses = 0
    /// Whether a server is to be asked again about what was given last.
    private(set) var lastIsToBeRenewed = false
    /// Whose answer was found to hold no longer, last.
    private var lastEnded: SHA256Digest?

    init(bound: CacheBound) {
        answers = SieveCache(bound: bound)
    }

    /// The answer of a credential whose evidence still holds.
    @inline(__always)
    mutating func answer(
        for digest: SHA256Digest, policies: CurrentPolicies, watches: borrowing RecordWatches, now: Moment
    ) -> Answer? {
        guard let known = answers.value(for: digest) else {
            misses += 1
            return nil
        }
        guard known.evidence.holds(policies: policies, watches: watches, now: now) else {
            misses += 1
            answers.remove(digest)
            lastEnded = digest
            return nil
        }
        hits += 1
        lastIsToBeRenewed = now.steady >= known.evidence.renewedFrom && known.evidence.askedOf != nil
        return known.answer
    }

    /// Whether it was this credential whose answer was found to hold no longer, last; says so once.
    mutating func takeEnded(_ digest: SHA256Digest) -> Bool {
        guard lastEnded == digest else { return false }
        lastEnded = nil
        return true
    }

    /// Remembers an answer unless its evidence has been broken since it was gathered.
    mutating func remember(
        _ answer: Answer, restingOn evidence: Evidence, for digest: SHA256Digest, policies: CurrentPolicies,
        watches: borrowing RecordWatches, now: Moment
    ) {
        guard evidence.holds(policies: policies, watches: watches, now: now) else { return }
        let known = CachedAnswer(answer: answer, evidence: evidence)
        answers.insert(known, for: digest, cost: known.memory)
    }

    /// Whether the answer under a digest, which was just given, is to be renewed.
    func isToBeRenewed(_ digest: SHA256Digest, now: Moment) -> Bool {
        answers.peek(digest).map { now.steady >= $0.evidence.renewedFrom } ?? false
    }

    /// A renewal of the answer under a digest was asked for.
    mutating func postponeRenewal(of digest: SHA256Digest, until steady: Int64) {
        answers.peek(digest)?.evidence.postponeRenewal(until: steady)
    }

    /// Forgets what rests on servers that were asked, but for those of these issuers.
    mutating func forgetAnswers(notOf issuers: Set<IssuerID>) {
        answers.removeAll { known in known.evidence.askedOf.map { !issuers.contains($0) } ?? false }
    }

    /// What the answer under a digest came from; nil when there is none.
    func origin(of digest: SHA256Digest) -> AnswerOrigin? { answers.peek(digest)?.answer.origin }

    /// How often an answer was in memory, and how often none was.
    var uses: CacheUses { CacheUses(hits: hits, misses: misses) }

    /// Whether the answer under a digest was given again since it was made.
    func isUsed(_ digest: SHA256Digest) -> Bool { answers.isVisited(digest) }

    mutating func forget(_ digest: SHA256Digest) {
        answers.remove(digest)
    }

    mutating func forgetAll() { answers.removeAll() }

    mutating func resize(to bound: CacheBound) { answers.resize(to: bound) }

    /// Forgets what was verified with keys that are gone.
    mutating func signersChanged(to present: Set<SignerID>) {
        answers.removeAll { known in known.evidence.signer.map { !present.contains($0) } ?? false }
    }

    /// Forgets what rests on records: nobody can tell any more whether they have changed.
    mutating func forgetRecords() {
        answers.removeAll { known in known.evidence.restsOnRecords }
    }

    var figures: CacheFigures { CacheFigures(of: answers, hits: hits, misses: misses) }
}

/// How often what was looked for in memory was there, and how often it was not.
struct CacheUses: Hashable, Sendable {
    var hits: Int
    var misses: Int

    static func + (left: CacheUses, right: CacheUses) -> CacheUses {
        CacheUses(hits: left.hits + right.hits, misses: left.misses + right.misses)
    }
}

/// A finished answer, and what it rests on. An object, so that a hit copies one reference.
final class CachedAnswer {
    let answer: Answer
    var evidence: Evidence

    init(answer: Answer, evidence: Evidence) {
        self.answer = answer
        self.evidence = evidence
    }

    /// The memory that it takes: the object, and what the answer holds.
    var memory: Int { 16 + MemoryLayout<Answer>.size + MemoryLayout<Evidence>.size + answer.memory }
}
