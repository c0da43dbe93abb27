import Authentication
import Bytes
import Fixtures
import JOSE

/// What a store has for one user's opaque token, app session and session cookie, each record as a test wants it.
struct World: KnownCredentials {
    static let idpSessionID = "a8c1"
    static let grantID = "5d7c"
    static let grantKey = "app:my-project:offline-grant:\(grantID)"

    var store: [String: RecordReply]

    init() {
        store = Desk.store()
        store[Self.accessGrantKey] = Self.accessGrant()
        store[Self.appSessionKey] = Self.appSession()
        store[Self.grantKey] = Self.grant()
    }

    /// The same world with other records under some keys.
    static func with(_ changes: [String: RecordReply]) -> World {
        var world = World()
        for (key, reply) in changes { world.store[key] = reply }
        return world
    }

    func desk(_ rules: SessionRules? = Desk.rules()) -> Desk { Desk(sessions: rules, store: store) }

    static func accessGrant(
        id: String = grantID, expireAt: Timestamp = Desk.now + .seconds(1_800), scopes: String = ""
    ) -> RecordReply {
        .found(
            .accessGrant(
                AccessGrantRecord(
                    sessionKind: .offlineGrant, sessionID: Array(id.utf8), expireAt: expireAt,
                    refreshTokenHash: Array(refreshToken.utf8), scopes: Array(scopes.utf8))))
    }

    static func appSession(expireAt: Timestamp = Desk.now + .seconds(1_800)) -> RecordReply {
        .found(
            .appSession(
                AppSessionRecord(
                    offlineGrantID: Array(grantID.utf8), expireAt: expireAt, refreshTokenHash: Array(refreshToken.utf8))
            ))
    }

    static let fullAccess = OfflineGrantRecord.Authorization(isKnown: true, hasFullAccess: true)
    static let littleAccess = OfflineGrantRecord.Authorization(isKnown: true, hasFullAccess: false)

    static func grant(
        user: String = "e307", createdAt: Timestamp = Desk.now - .seconds(3_600), lastAccess: Timestamp? = Desk.now,
        singleSignOn: Bool = false, idpSession: String = "",
        authorization: OfflineGrantRecord.Authorization = fullAccess, client: String? = nil
    ) -> RecordReply {
        .found(
            .offlineGrant(
                OfflineGrantRecord(
                    session: SessionRecord(
                        userID: Array(user.utf8), tokenHash: [], createdAt: createdAt,
                        authenticatedAt: Timestamp(seconds: 1_795_000_000), lastAccess: lastAccess,
                        claims: IdentityClaims(authenticationMethods: [Array("pwd".utf8)])),
                    clientID: Array("c1".utf8), hasSingleSignOn: singleSignOn, idpSessionID: Array(idpSession.utf8),
                    refreshTokens: [
                        OfflineGrantRecord.RefreshToken(
                            initialHash: Array(refreshToken.utf8), authorization: authorization,
                            clientID: client.map { Array($0.utf8) })
                    ])))
    }
}
