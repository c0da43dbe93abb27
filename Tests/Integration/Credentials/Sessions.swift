import Foundation

/// The sessions and users that are in the store of `GatewayStage`.
enum Sessions {
    static let good = StoredSession(id: "good", user: "u-good")
    static let revoked = StoredSession(id: "revoked", user: "u-good")
    static let otherSecret = StoredSession(
        id: "othersecret", user: "u-good", tokenHash: String(repeating: "0", count: 64))
    static let noHash = StoredSession(id: "nohash", user: "u-good", tokenHash: "")
    static let old = StoredSession(id: "old", user: "u-good", createdAt: daysAgo(365))
    static let idle = StoredSession(id: "idle", user: "u-good", createdAt: daysAgo(40), lastAccess: daysAgo(31))
    static let almostIdle = StoredSession(
        id: "almostidle", user: "u-good", createdAt: daysAgo(40), lastAccess: daysAgo(29))
    static let disabled = StoredSession(id: "disabled", user: "u-disabled")
    static let userMissing = StoredSession(id: "usermissing", user: "u-missing")
    static let userStale = StoredSession(id: "userstale", user: "u-stale")
    static let userUnreadable = StoredSession(id: "userbroken", user: "u-broken")
    static let unreadable = StoredSession(id: "halfwritten", user: "u-good")
    static let otherType = StoredSession(id: "othertype", user: "u-good")
    static let selfDescribed = StoredSession(
        id: "selfdescribed", user: "u-missing",
        claims: """
            {"amr":["pwd"],"https://authgear.com/claims/user/is_anonymous":true,\
            "https://authgear.com/claims/user/is_verified":false,\
            "https://authgear.com/claims/user/can_reauthenticate":false,\
            "https://authgear.com/claims/user/roles":["guest"]}
            """)
    static let plain = StoredSession(id: "plain", user: "u-plain", authenticatedAt: nil, claims: "{}")
    static let commaRole = StoredSession(id: "commarole", user: "u-commarole")
    static let newline = StoredSession(id: "newline", user: #"u\r\nx-authgear-user-roles: admin"#)

    static let identity = [
        "session-amr: pwd,mfa", "session-authenticated-at: 1700000000", "session-valid: true", "user-anonymous: false",
        "user-can-reauthenticate: true", "user-id: u-good", "user-roles: stock.view,stock.edit", "user-verified: true",
    ]

    /// Puts all of it into the store but what the tests call missing.
    static func store(in redis: RedisServer) throws {
        let sessions = [
            good, otherSecret, noHash, old, idle, almostIdle, disabled, userMissing, userStale, userUnreadable,
            selfDescribed, plain, commaRole, newline,
        ]
        for session in sessions { try redis.add(session) }
        try redis.add(StoredUser(id: "u-good"))
        try redis.add(StoredUser(id: "u-plain", isAnonymous: true, isVerified: false, roles: []))
        try redis.add(StoredUser(id: "u-disabled", isDisabled: true))
        try redis.add(StoredUser(id: "u-stale", staleFrom: daysAgo(1)))
        try redis.add(StoredUser(id: "u-commarole", roles: ["user", "a,admin"]))
        try redis.set(RedisServer.key(user: "u\r\nx-authgear-user-roles: admin"), StoredUser(id: "u").json)
        try redis.set(RedisServer.key(user: "u-broken"), #"{"user":"#)
        try redis.set(RedisServer.key(session: unreadable.id), "<html>not a session</html>")
        try redis.command("HSET", RedisServer.key(session: otherType.id), "field", "value")
    }

    /// A whole second, so many days ago.
    static func daysAgo(_ days: Double) -> Date {
        Date(timeIntervalSince1970: (Date.now.timeIntervalSince1970 - 86_400 * days).rounded(.down))
    }
}
