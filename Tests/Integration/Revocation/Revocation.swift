import Bytes
import Fixtures
import Foundation
import JOSE

/// How what a credential stands on can end, as Authgear brings it about (a log-out, a revoked token, a user who is disabled).
enum Revocation: String, CaseIterable {
    case sessionDeleted
    case accessGrantDeleted
    case refreshTokenRemoved
    /// Rotated as it was before there were `rotated_token_hash`es: another token's hash takes the place.
    case refreshTokenReplaced
    case offlineGrantDeleted
    case singleSignOnEnded
    /// The records of the user are purged, and Authgear calls who asks with the credential invalid.
    case userPurged
}

/// A user with a session and a grant of his own, and every credential that ends with one `Revocation`.
struct RevocationVictim {
    let kind: Revocation
    /// Lines of request fields, each with one credential.
    let fields: [String]
    /// What to write so that all of them are valid.
    let records: [(key: String, value: String)]
    /// The command that ends them all.
    let command: [String]

    /// - Parameter id: nobody else's.
    init(_ kind: Revocation, id: String) throws {
        self.kind = kind
        let user = StoredUser(id: "u-\(id)")
        let session = StoredSession(id: "s-\(id)", user: user.id)
        var grant = StoredGrant(id: "g-\(id)", user: user.id, isRotated: true)
        if kind == .singleSignOnEnded { grant.singleSignOn = session.id }
        let ofSession = Self.accessGrant(of: session, token: "T0k3ns\(id)")
        records =
            grant.records.map { ($0.key, $0.json) } + [
                (RedisServer.key(session: session.id), session.json), (RedisServer.key(user: user.id), user.json),
                ofSession,
            ]

        let token = "Authorization: Bearer \(grant.token)"
        let tokenInCookie = "Cookie: app_access_token=\(grant.token)"
        let jwt = try Mint.token(["sub": Mint.quote(user.id), "jti": Mint.quote(grant.token.sha256)])
        let ofAccessGrant = [token, tokenInCookie, "Authorization: Bearer \(jwt)", "Cookie: app_access_token=\(jwt)"]
        let ofGrant = ofAccessGrant + ["Cookie: app_session=\(grant.appSession)"]
        let ofBrowser = ["Cookie: session=\(session.cookie)", "Authorization: Bearer T0k3ns\(id)"]
        let grantKey = "app:my-project:offline-grant:\(grant.id)"
        switch kind {
        case .sessionDeleted:
            fields = ofBrowser
            command = ["DEL", RedisServer.key(session: session.id)]
        case .accessGrantDeleted:
            fields = ofAccessGrant
            command = ["DEL", "app:my-project:access-grant:\(grant.token.sha256)"]
        case .refreshTokenRemoved:
            fields = ofGrant
            grant.isRevoked = true
            command = ["SET", grantKey, grant.records[0].json]
        case .refreshTokenReplaced:
            fields = ofGrant
            let replaced = grant.records[0].json.replacing("refresh-\(grant.id)".sha256, with: "next".sha256)
            command = ["SET", grantKey, replaced]
        case .offlineGrantDeleted:
            fields = ofGrant
            command = ["DEL", grantKey]
        case .singleSignOnEnded:
            fields = ofGrant + ofBrowser
            command = ["DEL", RedisServer.key(session: session.id)]
        case .userPurged:
            fields = ofGrant + ofBrowser
            command = ["DEL", RedisServer.key(user: user.id), "app:my-project:userinfo:\(user.id):bearer"]
        }
    }

    /// The access grant of a token that was given out for an IdP session.
    private static func accessGrant(of session: StoredSession, token: String) -> (key: String, value: String) {
        let hash = token.sha256
        return (
            "app:my-project:access-grant:\(hash)",
            """
            {"app_id":"my-project","authz_id":"9b1e","session_id":"\(session.id)","session_kind":"idp_session",\
            "created_at":"\(StoredSession.time(session.createdAt))",\
            "expire_at":"\(StoredSession.time(Sessions.daysAgo(-0.5)))","scopes":["openid"],"token_hash":"\(hash)",\
            "refresh_token_hash":""}
            """
        )
    }
}
