import Tokens

/// A credential that is yet to be looked at, while one before it waits. Of secrets only digests are kept, but for a JWT, which
/// is needed whole.
enum Credential {
    case jwt(CredentialKind, [UInt8])
    case opaqueToken(SHA256Digest)
    case appSession(SHA256Digest)
    case session(SessionCookie)
}
