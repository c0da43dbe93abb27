package import Bytes
package import JOSE

/// Tokens and cookies to try, and what a resolver must know to judge them: an issuer's keys, and a session store's records.
///
/// Keys and secrets are made anew each time, so nothing that a demo hands out is worth anything elsewhere.
package struct DemoCredentials: Sendable {
    package static let issuer = "https://issuer.example"
    package static let audience = "https://app.example"
    package static let appID = "demo"
    /// Whose credentials most of these are.
    package static let user = "alice"
    /// Whose record is missing, so that Authgear is asked.
    package static let newcomer = "bob"
    /// How long the valid token is valid.
    package static let lifetime = Duration.seconds(12 * 3_600)

    /// The issuer's JWK set.
    package let jwks: [UInt8]
    /// The store's records.
    package let records: [(key: String, record: String)]
    package let validToken: String
    package let expiredToken: String
    /// Signed with a key of somebody who says that it is the issuer's.
    package let forgedToken: String
    /// The value of a `session` cookie.
    package let validCookie: String
    /// One whose session is no longer in the store.
    package let revokedCookie: String
    /// One of the user's whose record is missing.
    package let newcomerCookie: String
    package let opaqueToken: String
    /// The record that goes when the opaque token is revoked: its session.
    package let opaqueTokenSessionKey: String
    /// The value of an `app_session` cookie.
    package let appSession: String

    /// - Parameter kid: the name of the issuer's key.
    package init(now: Timestamp, kid: String = "demo") throws(SigningKeyError) {
        let key = try SigningKey(generating: .rs256, kid: kid)
        let impostor = try SigningKey(generating: .rs256, kid: kid)
        jwks = key.publicJWKS
        validToken = try Self.token(signedBy: key, from: now, until: now + Self.lifetime)
        expiredToken = try Self.token(signedBy: key, from: now - .seconds(7_200), until: now - .seconds(3_600))
        forgedToken = try Self.token(signedBy: impostor, from: now, until: now + Self.lifetime)
        let ids = (0..<4).map { _ in Self.random() }
        validCookie = "\(ids[0]).\(Self.random())"
        newcomerCookie = "\(ids[1]).\(Self.random())"
        revokedCookie = "\(Self.random()).\(Self.random())"
        (opaqueToken, appSession) = (Self.random(), Self.random())
        opaqueTokenSessionKey = "app:\(Self.appID):offline-grant:\(ids[2])"
        let refreshTokens = (Self.random(), Self.random())
        var records = DemoRecords(appID: Self.appID, now: now)
        records.add(user: Self.user)
        records.add(session: ids[0], of: Self.user, cookie: validCookie)
        records.add(session: ids[1], of: Self.newcomer, cookie: newcomerCookie)
        records.add(offlineGrant: ids[2], of: Self.user, refreshToken: refreshTokens.0)
        records.add(
            accessToken: opaqueToken, of: ids[2], madeWith: refreshTokens.0, until: now + Self.lifetime)
        records.add(offlineGrant: ids[3], of: Self.user, refreshToken: refreshTokens.1)
        records.add(appSession: appSession, of: ids[3], madeWith: refreshTokens.1, until: now + Self.lifetime)
        self.records = records.entries
    }

    private static func token(
        signedBy key: SigningKey, from start: Timestamp, until end: Timestamp
    ) throws(SigningKeyError) -> String {
        let claims = """
            {"iss":"\(issuer)","aud":["\(audience)"],"sub":"\(user)","iat":\(start.seconds),"exp":\(end.seconds),\
            "auth_time":\(start.seconds),"amr":["pwd","mfa"],\
            "https://authgear.com/claims/user/is_anonymous":false,\
            "https://authgear.com/claims/user/is_verified":true,\
            "https://authgear.com/claims/user/can_reauthenticate":true,\
            "https://authgear.com/claims/user/roles":["stock.view","stock.edit"]}
            """
        return String(decoding: try key.token(claims: Array(claims.utf8)), as: UTF8.self)
    }

    /// 128 random bits, in letters, digits, `-` and `_`.
    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return String(decoding: Base64URL.encode(bytes.span.bytes), as: UTF8.self)
    }
}
