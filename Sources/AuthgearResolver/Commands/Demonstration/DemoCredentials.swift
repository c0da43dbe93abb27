package import Bytes
package import Tokens

/// Tokens and cookies to try, and what a resolver must know to judge them: an issuer's keys, and a session store's records.
///
/// Keys and secrets are made anew each time, so nothing that a demo hands out is worth anything elsewhere.
package struct DemoCredentials: Sendable {
    package static let issuer = "https://issuer.example"
    package static let audience = "https://app.example"
    package static let appID = "demo"
    /// Whose credentials these are.
    package static let user = "alice"
    /// How long the valid token is valid.
    package static let lifetime = Duration.seconds(12 * 3_600)

    /// The issuer's JWK set.
    package let jwks: [UInt8]
    /// The store's records, `{"<redis key>": <record>, …}`.
    package let records: [UInt8]
    package let validToken: String
    package let expiredToken: String
    /// Signed with a key of somebody who says that it is the issuer's.
    package let forgedToken: String
    /// The value of a `session` cookie.
    package let validCookie: String
    /// One whose session is no longer in the store.
    package let revokedCookie: String

    /// - Parameter kid: the name of the issuer's key.
    package init(now: Timestamp, kid: String = "demo") throws(SigningKeyError) {
        let key = try SigningKey(generating: .rs256, kid: kid)
        let impostor = try SigningKey(generating: .rs256, kid: kid)
        jwks = key.publicJWKS
        validToken = try Self.token(key, from: now, until: now + Self.lifetime)
        expiredToken = try Self.token(key, from: now - .seconds(7_200), until: now - .seconds(3_600))
        forgedToken = try Self.token(impostor, from: now, until: now + Self.lifetime)
        let sessionID = Self.random()
        validCookie = "\(sessionID).\(Self.random())"
        revokedCookie = "\(Self.random()).\(Self.random())"
        records = Self.records(sessionID: sessionID, cookie: validCookie, now: now)
    }

    private static func token(
        _ key: SigningKey, from start: Timestamp, until end: Timestamp
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

    private static func records(sessionID: String, cookie: String, now: Timestamp) -> [UInt8] {
        let hash = SHA256Digest(of: Array(cookie.utf8).span.bytes).hex
        let moment = now.rfc3339
        let text = """
            {
              "app:\(appID):session:\(sessionID)": {"id":"\(sessionID)","app_id":"\(appID)","created_at":"\(moment)",
                "authenticated_at":"\(moment)","attrs":{"user_id":"\(user)","claims":{"amr":["pwd","mfa"]}},
                "access_info":{"last_access":{"time":"\(moment)"}},"token_hash":"\(hash)"},
              "app:\(appID):userinfo:\(user):__greatest__": {"user":{"id":"\(user)","is_anonymous":false,
                "is_verified":true,"can_reauthenticate":true,"is_disabled":false},
                "effective_role_keys":["stock.view","stock.edit"]}
            }

            """
        return Array(text.utf8)
    }

    /// 128 random bits, in letters, digits, `-` and `_`.
    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return String(decoding: Base64URL.encode(bytes.span.bytes), as: UTF8.self)
    }
}
