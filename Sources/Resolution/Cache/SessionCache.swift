import Bytes
import Tokens

/// What is remembered of sessions, by the SHA-256 of the cookie's value.
///
/// Nothing is answered from it unless the store tells of changes: `trustedUntil` is moved on while it does.
struct SessionCache {
    private var answers: SieveCache<SessionAnswer>
    private var watches: RecordWatches
    private let maximumAge: Duration
    /// Up to when, on the steady clock, the store is known to tell of changes; in the past while it doesn't.
    private var trustedUntil = Int64.min
    private var hits = 0
    private var misses = 0

    init(bound: CacheBound, maximumAge: Duration) {
        answers = SieveCache(bound: bound)
        // Two records each, and as many places again, so that few share one.
        watches = RecordWatches(records: bound.entries * 4)
        self.maximumAge = maximumAge
    }

    /// Whether the store would have told of a change.
    func mayAnswer(at now: Moment) -> Bool { now.steady <= trustedUntil }

    /// The answer of a session that was read and has not changed since.
    mutating func answer(for digest: SHA256Digest, now: Moment) -> Answer? {
        guard mayAnswer(at: now), let known = answers.value(for: digest) else {
            misses += 1
            return nil
        }
        guard now.timestamp <= known.lastValidAt, now.steady <= known.keptUntil,
            !watches.isBroken(known.session), !watches.isBroken(known.user)
        else {
            misses += 1
            answers.remove(digest)
            return nil
        }
        hits += 1
        return known.answer
    }

    /// The watch over a record that is about to be read; nil while nothing may be remembered.
    mutating func watch(_ query: RecordQuery, now: Moment) -> RecordWatch? {
        mayAnswer(at: now) ? watches.watch(query.key) : nil
    }

    /// Remembers an answer unless what it rests on has changed since it was read.
    ///
    /// - Parameter lastValidAt: what the records themselves allow.
    mutating func remember(
        _ answer: Answer, for digest: SHA256Digest, restingOn session: RecordWatch?, _ user: RecordWatch?,
        lastValidAt: Timestamp, now: Moment
    ) {
        guard let session, let user, !watches.isBroken(session), !watches.isBroken(user), mayAnswer(at: now) else {
            return
        }
        let known = SessionAnswer(
            answer: answer, lastValidAt: lastValidAt, keptUntil: now.steady(after: maximumAge), session: session,
            user: user)
        answers.insert(known, for: digest, cost: answer.memory)
    }

    mutating func trust(until steady: Int64) {
        trustedUntil = steady
    }

    mutating func recordChanged(_ key: [UInt8]) {
        watches.recordChanged(key)
    }

    /// Forgets everything: the store can't tell any more what changed.
    mutating func distrust() {
        trustedUntil = .min
        watches.everythingChanged()
        answers.removeAll()
    }

    var figures: CacheFigures { CacheFigures(of: answers, hits: hits, misses: misses) }
}
