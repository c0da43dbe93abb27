/// Who a credential turned out to be.
enum Principal {
    /// Whom a session's records name: the IdP session, or the part of an offline grant that is the same. Without a user when
    /// that is missing and the session alone has to do.
    case records(SessionRecord, UserRecord?)
    /// Whom Authgear named when it was asked.
    case asked(Identity)

    var userID: [UInt8] {
        switch self {
        case .records(let session, _): session.userID
        case .asked(let identity): identity.userID
        }
    }

    var identity: Identity {
        switch self {
        case .records(let session, let user): user.map { Identity(session, user: $0) } ?? Identity(session)
        case .asked(let identity): identity
        }
    }
}
