/// The answer for a session and its user, by the very records that it was made from.
struct SharedAnswer {
    let session: SessionRecord
    /// Nil when it was missing.
    let user: UserRecord?
    let answer: Answer
}
