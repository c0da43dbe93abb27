import JOSE

/// A credential whose digest is known, or that is yet to be looked at while one before it waits. Of secrets only digests are
/// kept, but for a JWT, which is needed whole, and in a question, where Authgear may be asked.
enum Credential {
    case jwt([UInt8], SHA256Digest, AuthgearQuestion?)
    case opaqueToken(SHA256Digest, AuthgearQuestion?)
    case appSession(SHA256Digest, AuthgearQuestion?)
    case session(SessionCookie, AuthgearQuestion?)

    /// How many bytes of the request it keeps.
    var memory: Int {
        switch self {
        case .jwt(let token, _, let question): token.count + (question?.memory ?? 0)
        case .opaqueToken(_, let question), .appSession(_, let question): question?.memory ?? 0
        case .session(let cookie, let question): cookie.id.count + (question?.memory ?? 0)
        }
    }
}
