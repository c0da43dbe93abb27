import Bytes
package import JOSE

/// A credential whose digest is known, or that is yet to be looked at while one before it waits. Of secrets only digests are
/// kept, but for a JWT, which is needed whole, and in a question, where Authgear may be asked.
enum Credential: Sendable {
    case jwt([UInt8], SHA256Digest, AuthgearQuestion?)
    /// The last is what an introspection endpoint is asked about it.
    case opaqueToken(SHA256Digest, AuthgearQuestion?, ClaimsQuestion?)
    case appSession(SHA256Digest, AuthgearQuestion?)
    case session(SessionCookie, AuthgearQuestion?)
    /// A cookie whose session another server knows: its name, and what that is asked.
    case cookie(named: [UInt8], ClaimsQuestion)

    /// What it is called where refusals are counted.
    var kind: RefusedCredential {
        switch self {
        case .jwt: .token
        case .opaqueToken: .accessToken
        case .appSession: .appSession
        case .session: .session
        case .cookie: .cookie
        }
    }

    /// The SHA-256 of its value.
    var digest: SHA256Digest {
        switch self {
        case .jwt(_, let digest, _), .opaqueToken(let digest, _, _), .appSession(let digest, _): digest
        case .session(let cookie, _): cookie.digest
        case .cookie(_, let question): question.digest
        }
    }

    /// What access policies call it.
    var presentedKind: PresentedKind {
        switch self {
        case .jwt, .opaqueToken: .token
        case .appSession, .session, .cookie: .session
        }
    }

    /// What its answer is kept under.
    var key: SHA256Digest {
        if case .cookie(_, let question) = self {
            return RefusedCredential.key(ofCookie: digest, of: question.server.id)
        }
        return kind.key(of: digest)
    }

    /// What Authgear is asked about it; nil where it is not asked.
    var question: AuthgearQuestion? {
        switch self {
        case .jwt(_, _, let question), .opaqueToken(_, let question, _), .appSession(_, let question),
            .session(_, let question):
            question
        case .cookie: nil
        }
    }

    /// What an introspection endpoint is asked about it; nil where none is.
    var introspection: ClaimsQuestion? {
        if case .opaqueToken(_, _, let question) = self { question } else { nil }
    }

    /// How many bytes of the request it keeps.
    var memory: Int {
        let value =
            switch self {
            case .jwt(let token, _, _): token.count
            case .opaqueToken(_, _, let introspection): introspection?.value.count ?? 0
            case .appSession: 0
            case .session(let cookie, _): cookie.id.count
            case .cookie(_, let question): question.value.count
            }
        return value + (question?.memory ?? 0)
    }
}

/// A `session` cookie's value, `<id>.<secret>`: which session it claims to be, and the proof.
package struct SessionCookie: Sendable {
    /// How long a session's id may be, in bytes; Authgear's are at most 36.
    package static let maximumIDLength = 128

    package var id: [UInt8]
    /// The SHA-256 of the whole value. The secret itself is not kept.
    package var digest: SHA256Digest

    /// Reads a cookie's value.
    ///
    /// - Parameter digest: the value's, when it is known.
    package init(_ value: RawSpan, digest: SHA256Digest? = nil) throws(RecordRefusal) {
        let separator = UInt8(ascii: ".")
        guard let dot = value.firstIndex(of: separator), 1...Self.maximumIDLength ~= dot, dot < value.byteCount - 1,
            value.firstIndex(of: separator, from: dot + 1) == nil
        else { throw .malformedCookie }
        let id = value.extracting(first: dot)
        guard id.isPrintable, id.firstIndex(of: UInt8(ascii: " ")) == nil else { throw .malformedCookie }
        self.id = [UInt8](copying: id)
        self.digest = digest ?? SHA256Digest(of: value)
    }
}
