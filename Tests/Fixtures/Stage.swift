package import Authentication
import Bytes
import HTTP1
package import JOSE

/// What requests are answered with in these tests.
package enum Stage {
    /// A session cookie; the look-ups behind it are `session` and `user`.
    package static let cookie = "Cookie: session=a8c1.secret\r\n"
    package static let sessionKey = "app:my-project:session:a8c1"
    package static let userKey = "app:my-project:userinfo:e307:__greatest__"
    package static let bearerUserKey = "app:my-project:userinfo:e307:bearer"

    /// Sessions last a hundred years here, so that it is always now.
    package static func resolver(issuers: [TrustedIssuer] = [], cachedSessions: Int = 0) -> Resolver {
        Resolver(settings(issuers: issuers, cachedSessions: cachedSessions), renderer: HTTP1Renderer())
    }

    package static func settings(
        issuers: [TrustedIssuer] = [], cachedSessions: Int = 0, appID: String = "my-project"
    ) -> ResolverSettings {
        ResolverSettings(
            issuers: issuers, maximumTokenBytes: 16 << 10,
            sessions: SessionRules(
                appID: appID, limits: SessionLimits(lifetime: .seconds(36_500 * 86_400), idleTimeout: nil),
                missingUser: .unavailable),
            format: AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10),
            caches: CacheRules(
                tokens: CacheBound(entries: 0, bytes: 0),
                sessions: CacheBound(entries: cachedSessions, bytes: cachedSessions << 12),
                sessionMaximumAge: .seconds(60)))
    }

    package static var session: RecordReply {
        let hash = "a8c1.secret".sha256
        return .found(
            .session(
                SessionRecord(
                    userID: Array("e307".utf8), tokenHash: Array(hash.utf8),
                    createdAt: Timestamp(seconds: 1_700_000_000), authenticatedAt: Timestamp(seconds: 1_700_000_000),
                    lastAccess: nil, claims: IdentityClaims())))
    }

    package static var user: RecordReply {
        .found(
            .user(
                UserRecord(
                    isDisabled: false, isAnonymous: false, isVerified: true, canReauthenticate: nil,
                    roles: [], accountStatusStaleFrom: nil)))
    }

    package static let none = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    package static let valid = """
        HTTP/1.1 200 OK\r
        Content-Length: 0\r
        x-authgear-session-valid: true\r
        x-authgear-user-id: e307\r
        x-authgear-user-anonymous: false\r
        x-authgear-user-verified: true\r
        x-authgear-session-authenticated-at: 1700000000\r
        \r\n
        """
    package static let stranger = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer\r\n\r\n"
    package static let notFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    package static let unavailable = """
        HTTP/1.1 503 Service Unavailable\r
        Content-Length: 0\r
        x-authgear-resolver-error: store_timed_out\r
        Retry-After: 1\r
        \r\n
        """

    /// An answer with a `Connection` field.
    package static func closing(_ answer: String, _ field: String = "close") -> String {
        answer.dropLast("\r\n".count) + "Connection: \(field)\r\n\r\n"
    }

    package static func error(_ status: String) -> String {
        closing("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
    }

    /// Takes out the `Date` lines, each of which must have the form of a date.
    package static func withoutDates(_ text: String) -> String {
        text.replacing(/Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n/, with: "")
    }

    package static func get(_ path: String = "/resolve", _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }
}
