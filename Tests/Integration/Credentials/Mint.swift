import Bytes
import Foundation
import JOSE

/// Makes the tokens of the tests' identity server.
enum Mint {
    static let issuer = "https://id.test"
    static let audience = "https://app.test"
    /// An issuer whose keys nobody can fetch.
    static let silentIssuer = "https://silent.test"

    /// The key that `issuer` publishes.
    static let key = Result { try SigningKey(generating: .rs256, kid: "k1") }
    /// A key that nobody publishes, under the same name.
    static let strangersKey = Result { try SigningKey(generating: .rs256, kid: "k1") }

    /// What `issuer` publishes.
    static func keySet() throws -> String { try keySet([key.get()]) }

    static func keySet(_ keys: [SigningKey]) -> String { String(decoding: SigningKey.jwks(of: keys), as: UTF8.self) }

    /// The claims of a whole token: what each of the eight headers is made of, and as JSON texts.
    static var claims: [String: String] {
        let now = Int(Date.now.timeIntervalSince1970)
        let prefix = "https://authgear.com/claims/user/"
        return [
            "iss": quote(issuer), "aud": "[\(quote(audience))]", "sub": quote("u-jwt"),
            "iat": "\(now)", "exp": "\(now + 1800)", "auth_time": "1700000000", "amr": #"["pwd","mfa"]"#,
            prefix + "is_anonymous": "false", prefix + "is_verified": "true", prefix + "can_reauthenticate": "true",
            prefix + "roles": #"["stock.view","stock.edit"]"#,
        ]
    }

    /// The eight fields that come of `claims`, without their prefix, sorted.
    static let identity = [
        "session-amr: pwd,mfa", "session-authenticated-at: 1700000000", "session-valid: true", "user-anonymous: false",
        "user-can-reauthenticate: true", "user-id: u-jwt", "user-roles: stock.view,stock.edit", "user-verified: true",
    ]

    /// A token with these claims changed, or, where a change is nil, left out.
    static func token(_ changes: [String: String?] = [:], header: String? = nil, key: SigningKey? = nil) throws
        -> String
    {
        let claims = claims.merging(changes.compactMapValues(\.self)) { $1 }.filter {
            changes[$0.key, default: ""] != nil
        }
        return try token(payload: json(claims), header: header, key: key)
    }

    /// A token with this payload, signed as it is.
    static func token(payload: String, header: String? = nil, key: SigningKey? = nil) throws -> String {
        let key = try key ?? self.key.get()
        let claims = Array(payload.utf8)
        let token =
            try header.map { try key.token(header: Array($0.utf8), claims: claims) } ?? key.token(claims: claims)
        return String(decoding: token, as: UTF8.self)
    }

    /// A token whose `alg` is `none` and that has no signature.
    static func unsignedToken() -> String {
        encode(#"{"alg":"none","typ":"JWT"}"#) + "." + encode(json(claims)) + "."
    }

    /// A whole token whose signature has one bit changed.
    static func tamperedToken() throws -> String {
        var bytes = Array(try token().utf8)
        let place = bytes.count - 40
        bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Seconds from now, as a JSON number.
    static func time(_ seconds: Int) -> String { "\(Int(Date.now.timeIntervalSince1970) + seconds)" }

    static func quote(_ text: String) -> String { "\"\(text)\"" }

    private static func json(_ members: [String: String]) -> String {
        "{" + members.sorted { $0.key < $1.key }.map { "\(quote($0.key)):\($0.value)" }.joined(separator: ",") + "}"
    }

    private static func encode(_ text: String) -> String {
        String(decoding: Base64URL.encode(Array(text.utf8).span.bytes), as: UTF8.self)
    }
}
