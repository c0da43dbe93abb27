import Bytes
import Fixtures
import Foundation
import JOSE

/// A session as Authgear writes it (contract section 6). Change what a test is about.
struct StoredSession {
    var id: String
    var user: String
    var secret = "QvpxQdZRlAOGT5FvRjXG2h8KxCJZ7Ydm"
    var createdAt = Sessions.daysAgo(0.5)
    var authenticatedAt: Date? = Date(timeIntervalSince1970: 1_700_000_000)
    var lastAccess: Date? = Sessions.daysAgo(0.1)
    /// The value of `attrs.claims`.
    var claims = #"{"amr":["pwd","mfa"]}"#
    /// In place of the hash of the cookie's value.
    var tokenHash: String?

    /// The value of the cookie.
    var cookie: String { "\(id).\(secret)" }

    var json: String {
        let hash = tokenHash ?? cookie.sha256
        return """
            {"id":"\(id)","app_id":"my-project","created_at":"\(Self.time(createdAt))",\
            "authenticated_at":"\(Self.time(authenticatedAt))","attrs":{"user_id":"\(user)","claims":\(claims)},\
            "access_info":{"initial_access":{"time":"\(Self.time(createdAt))","ip":"203.0.113.7","user_agent":"Mozilla"},\
            "last_access":{"time":"\(Self.time(lastAccess))"}},"token_hash":"\(hash)"}
            """
    }

    /// RFC 3339 with nine digits of a fraction; unset when there is none.
    static func time(_ date: Date?) -> String {
        date.map { $0.ISO8601Format().replacing("Z", with: ".123456789Z") } ?? "0001-01-01T00:00:00Z"
    }
}

/// What Authgear keeps of a user for five minutes.
struct StoredUser {
    var id: String
    var isAnonymous = false
    var isVerified = true
    var canReauthenticate = true
    var isDisabled = false
    var roles = ["stock.view", "stock.edit"]
    var staleFrom: Date? = Sessions.daysAgo(-1)

    var json: String {
        let stale = staleFrom.map { #","account_status_stale_from":"\#(StoredSession.time($0))""# } ?? ""
        let roles = roles.map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"user":{"id":"\(id)","is_anonymous":\(isAnonymous),"is_verified":\(isVerified),\
            "can_reauthenticate":\(canReauthenticate),"is_disabled":\(isDisabled),"standard_attributes":{},"roles":["x"]}\
            \(stale),"effective_role_keys":[\(roles)]}
            """
    }
}

extension RedisServer {
    /// Stores a session under its key.
    func add(_ session: StoredSession) throws { try set(Self.key(session: session.id), session.json) }

    /// Stores a user's record under its key.
    func add(_ user: StoredUser) throws { try set(Self.key(user: user.id), user.json) }

    static func key(session id: String) -> String { "app:my-project:session:\(id)" }

    static func key(user id: String) -> String { "app:my-project:userinfo:\(id):__greatest__" }
}
