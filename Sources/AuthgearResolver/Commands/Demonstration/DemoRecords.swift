import Bytes
import JOSE

/// What the demo's store has, as Authgear writes it.
struct DemoRecords {
    private let appID: String
    private let now: Timestamp
    private(set) var entries: [(key: String, record: String)] = []

    init(appID: String, now: Timestamp) {
        (self.appID, self.now) = (appID, now)
    }

    /// A user with two roles.
    mutating func add(user: String) {
        add(
            "userinfo:\(user):__greatest__",
            """
            {"user":{"id":"\(user)","is_anonymous":false,"is_verified":true,"can_reauthenticate":true,\
            "is_disabled":false},"effective_role_keys":["stock.view","stock.edit"]}
            """)
    }

    /// A session with its cookie, whose id stands before the dot.
    mutating func add(session id: String, of user: String, cookie: String) {
        add("session:\(id)", #"{\#(common(id: id, user: user)),"token_hash":"\#(Self.hash(cookie))"}"#)
    }

    /// A grant with one refresh token, which may do everything.
    mutating func add(offlineGrant id: String, of user: String, refreshToken: String) {
        add(
            "offline-grant:\(id)",
            """
            {\(common(id: id, user: user)),"client_id":"demo-app","token_hash":"",\
            "refresh_tokens":[{"token_hash":"\(Self.hash(refreshToken))","client_id":"demo-app","authz_id":"demo",\
            "scopes":["openid","https://authgear.com/scopes/full-access"]}]}
            """)
    }

    /// An opaque access token that was made with a grant's refresh token.
    mutating func add(accessToken: String, of grant: String, madeWith refreshToken: String, until end: Timestamp) {
        add(
            "access-grant:\(Self.hash(accessToken))",
            """
            {"session_id":"\(grant)","session_kind":"offline_grant",\(token(accessToken, madeWith: refreshToken, until: end))}
            """)
    }

    /// The same of an app session's cookie.
    mutating func add(appSession: String, of grant: String, madeWith refreshToken: String, until end: Timestamp) {
        add(
            "app-session:\(Self.hash(appSession))",
            #"{"offline_grant_id":"\#(grant)",\#(token(appSession, madeWith: refreshToken, until: end))}"#)
    }

    private mutating func add(_ key: String, _ record: String) {
        entries.append((key: "app:\(appID):\(key)", record: record))
    }

    /// What sessions and grants have in common.
    private func common(id: String, user: String) -> String {
        """
        "id":"\(id)","app_id":"\(appID)","created_at":"\(now.rfc3339)","authenticated_at":"\(now.rfc3339)",\
        "attrs":{"user_id":"\(user)","claims":{"amr":["pwd","mfa"]}},\
        "access_info":{"last_access":{"time":"\(now.rfc3339)"}}
        """
    }

    /// What access tokens and app sessions have in common.
    private func token(_ token: String, madeWith refreshToken: String, until end: Timestamp) -> String {
        """
        "app_id":"\(appID)","created_at":"\(now.rfc3339)","expire_at":"\(end.rfc3339)",\
        "token_hash":"\(Self.hash(token))","refresh_token_hash":"\(Self.hash(refreshToken))"
        """
    }

    private static func hash(_ text: String) -> String { SHA256Digest(of: Array(text.utf8).span.bytes).hex }
}
