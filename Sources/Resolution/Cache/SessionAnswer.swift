import Bytes

/// The finished answer of a session, and what it rests on.
struct SessionAnswer {
    let answer: Answer
    /// The last moment at which it may be given: the session's own expiry and idle time-out, when the user's record turns
    /// stale, and `sessions.cache.max_age` after it was read.
    let lastValidAt: Timestamp
    let session: RecordWatch
    let user: RecordWatch
}
