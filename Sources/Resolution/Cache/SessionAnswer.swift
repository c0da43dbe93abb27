import Bytes

/// The finished answer of a session, and what it rests on.
struct SessionAnswer {
    let answer: Answer
    /// The last moment at which it may be given: the session's own expiry and idle time-out, and when the user's record turns
    /// stale. These are dates.
    let lastValidAt: Timestamp
    /// The last moment on the steady clock: `sessions.cache.max_age` after it was read, even if the civil clock is set back
    /// meanwhile.
    let keptUntil: Int64
    let session: RecordWatch
    let user: RecordWatch
}
