/// Whom a session's records name.
struct Principal {
    /// The IdP session, or the part of an offline grant that is the same.
    let session: SessionRecord
    /// Nil when it is missing and the session alone has to do.
    let user: UserRecord?

    var identity: Identity {
        user.map { Identity(session, user: $0) } ?? Identity(session)
    }
}
