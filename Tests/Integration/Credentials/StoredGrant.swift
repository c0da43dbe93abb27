import Bytes
import Fixtures
import Foundation
import JOSE

/// An app's or a single-page application's session as Authgear writes it: the offline grant, and an access token and an app
/// session that were made with its one refresh token. Change what a test is about.
struct StoredGrant {
    static let fullAccess = "https://authgear.com/scopes/full-access"

    var id: String
    var user = "u-good"
    var client = "c1"
    var createdAt = Sessions.daysAgo(0.5)
    var lastAccess: Date? = Sessions.daysAgo(0.1)
    var expireAt = Sessions.daysAgo(-0.5)
    /// The IdP session with which it ends; nil: none.
    var singleSignOn: String?
    var scopes = ["openid", fullAccess]
    /// Whether the refresh token has been revoked.
    var isRevoked = false
    /// Whether it has been rotated.
    var isRotated = false

    /// The opaque access token, and the value of the app session's cookie.
    var token: String { "T0k3n\(id)" }
    var appSession: String { "4pp\(id)" }

    private var refreshToken: String { "refresh-\(id)".sha256 }

    /// The records, by their keys.
    var records: [(key: String, json: String)] {
        [
            ("app:my-project:offline-grant:\(id)", grant),
            (
                "app:my-project:access-grant:\(token.sha256)",
                """
                {"app_id":"my-project","authz_id":"9b1e","session_id":"\(id)","session_kind":"offline_grant",\
                "created_at":"\(StoredSession.time(createdAt))","expire_at":"\(StoredSession.time(expireAt))",\
                "scopes":["openid"],"token_hash":"\(token.sha256)","refresh_token_hash":"\(refreshToken)"}
                """
            ),
            (
                "app:my-project:app-session:\(appSession.sha256)",
                """
                {"app_id":"my-project","offline_grant_id":"\(id)","created_at":"\(StoredSession.time(createdAt))",\
                "expire_at":"\(StoredSession.time(expireAt))","token_hash":"\(appSession.sha256)",\
                "refresh_token_hash":"\(refreshToken)"}
                """
            ),
        ]
    }

    private var grant: String {
        let scopes = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let rotation =
            isRotated
            ? #","rotated_token_hash":"\#("rotated".sha256)","rotated_at":"\#(StoredSession.time(createdAt))""# : ""
        let entry = """
            {"token_hash":"\(refreshToken)","client_id":"\(client)","created_at":"\(StoredSession.time(createdAt))",\
            "scopes":[\(scopes)],"authz_id":"9b1e","dpop_jkt":"","access_info":null,"expire_at":null\(rotation)}
            """
        let sso = singleSignOn.map { #""idp_session_id":"\#($0)","sso_enabled":true,"# } ?? ""
        return """
            {"app_id":"my-project","id":"\(id)","client_id":"\(client)",\(sso)\
            "created_at":"\(StoredSession.time(createdAt))","authenticated_at":"2023-11-14T22:13:20Z",\
            "attrs":{"user_id":"\(user)","claims":{"amr":["pwd","mfa"]}},\
            "access_info":{"initial_access":{"time":"\(StoredSession.time(createdAt))"},\
            "last_access":{"time":"\(StoredSession.time(lastAccess))"}},\
            "device_info":\(String(repeating: "[", count: 1_000))\(String(repeating: "]", count: 1_000)),\
            "refresh_tokens":[\(isRevoked ? "" : entry)],"authz_id":"","scopes":null,"token_hash":""}
            """
    }
}

/// The grants that are in the store of `GatewayStage`.
enum Grants {
    static let good = StoredGrant(id: "g-good", isRotated: true)
    static let revoked = StoredGrant(id: "g-revoked", isRevoked: true)
    static let expired = StoredGrant(id: "g-expired", expireAt: Sessions.daysAgo(0.01))
    static let idle = StoredGrant(id: "g-idle", createdAt: Sessions.daysAgo(40), lastAccess: Sessions.daysAgo(31))
    static let signedOn = StoredGrant(id: "g-sso", singleSignOn: Sessions.good.id)
    static let signedOff = StoredGrant(id: "g-ssoend", singleSignOn: Sessions.revoked.id)
    static let narrow = StoredGrant(id: "g-narrow", scopes: ["openid"])
    /// Of a user with the other record alone.
    static let bearer = StoredGrant(id: "g-bearer", user: "u-bearer")
    static let unreadable = StoredGrant(id: "g-torn")

    /// Puts them into the store.
    static func store(in redis: RedisServer) throws {
        for grant in [good, revoked, expired, idle, signedOn, signedOff, narrow, bearer, unreadable] {
            for record in grant.records { try redis.set(record.key, record.json) }
        }
        try redis.set("app:my-project:userinfo:u-bearer:bearer", StoredUser(id: "u-bearer").json)
        try redis.set("app:my-project:offline-grant:\(unreadable.id)", "{")
    }
}
