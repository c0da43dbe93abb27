import Bytes

/// The kinds of credentials, in the order in which they are tried: the first that is valid wins.
package enum CredentialKind: UInt8, CaseIterable, Sendable {
    /// The `Authorization` field's bearer token: a JWT or an opaque access token.
    case bearer
    /// What stands in the header for API tokens (`tokens.static.header`), whole.
    case apiToken
    case appSession
    /// A cookie that holds what a bearer token holds.
    case appAccessToken
    case session

    /// Whether it holds what a bearer token holds: a JWT or an opaque token.
    var isToken: Bool { self == .bearer || self == .appAccessToken }
}

/// The names of the cookies that are credentials, with the configured prefix before them.
package struct CookieNames: Sendable {
    /// Without the prefix.
    package static let allOfAuthgear = ["app_session", "app_access_token", "session"]

    private let appSession: [UInt8]
    private let appAccessToken: [UInt8]
    private let session: [UInt8]

    package init(prefix: String) {
        appSession = Array((prefix + "app_session").utf8)
        appAccessToken = Array((prefix + "app_access_token").utf8)
        session = Array((prefix + "session").utf8)
    }

    /// Empty for what is no cookie.
    func name(of kind: CredentialKind) -> [UInt8] {
        switch kind {
        case .bearer, .apiToken: []
        case .appSession: appSession
        case .appAccessToken: appAccessToken
        case .session: session
        }
    }

    /// The kind of the cookie that a pair sets, and how long its name is; nil when it is no credential.
    @inline(__always)
    func match(_ pair: RawSpan) -> (kind: CredentialKind, nameLength: Int)? {
        if Self.isPair(pair, of: session) { return (.session, session.count) }
        if Self.isPair(pair, of: appSession) { return (.appSession, appSession.count) }
        if Self.isPair(pair, of: appAccessToken) { return (.appAccessToken, appAccessToken.count) }
        return nil
    }

    @inline(__always)
    private static func isPair(_ pair: RawSpan, of name: [UInt8]) -> Bool {
        name.count < pair.byteCount && pair[byte: name.count] == UInt8(ascii: "=")
            && pair.extracting(first: name.count).equals(name.span.bytes)
    }
}
