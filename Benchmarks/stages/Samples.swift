import Authentication
import Bytes
import Fixtures
import JOSE

/// The inputs: requests as nginx's `auth_request` sends them, tokens and records of the size that Authgear makes.
enum Samples {
    static let now = TokenMint.now
    static let userID = TokenMint.subject

    /// A session's cookie, other for each number.
    static func cookie(_ number: Int = 0) -> String {
        "\(10_000_000 + number)-7c55-4a0e-9d3c-0f2f5d8e1b11.kq3nV0yq1cD7pX2mZ8rT5wB4"
    }

    /// A token of about 1.2 KB, other for each number.
    static func token(_ algorithm: Algorithm = .rs256, _ number: Int = 0) -> [UInt8] {
        mint(algorithm, number).token
    }

    /// A token that is refused before its signature is looked at.
    static var expiredToken: [UInt8] {
        var mint = mint(.rs256, 0)
        mint.claims["exp"] = "1799999000"
        return mint.token
    }

    /// A token of 14 KB with 1,300 claims and no issuer.
    ///
    /// - Parameter areNested: whether all of the claims are members of one of them.
    static func tokenOfManyNames(areNested: Bool) -> [UInt8] {
        var mint = TokenMint(.edDSA)
        let members = (0..<1_300).map { (name: "n\($0)", value: "0") }
        mint.claims = areNested ? ObjectText([("claims", ObjectText(members).text)]) : ObjectText(members)
        return mint.token
    }

    private static func mint(_ algorithm: Algorithm, _ number: Int) -> TokenMint {
        var mint = TokenMint(algorithm)
        mint.claims["jti"] = "\"\(number)\""
        mint.claims["sid"] = "\"aWRwX3Nlc3Npb246YThjMWY0ZTItN2M1NS00YTBlLTlkM2MtMGYyZjVkOGUxYjEx\""
        mint.claims["scope"] = "\"openid offline_access https://authgear.com/scopes/full-access\""
        return mint
    }

    static func head(
        _ path: String = "/_resolver/resolve", authorization: [UInt8]? = nil, cookies: String? = nil
    ) -> [UInt8] {
        var lines = [
            "GET \(path) HTTP/1.1", "Host: authgear_resolver", "X-Original-URI: /api/stock/items?page=3",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br, zstd",
        ]
        if let authorization { lines.append("Authorization: Bearer " + String(decoding: authorization, as: UTF8.self)) }
        if let cookies { lines.append("Cookie: " + cookies) }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Ten cookies, the session's the last.
    static var cookies: String {
        (1..<10).map { "_tracker\($0)=GA1.1.\($0)25468713.1795237800; " }.joined() + "session=" + cookie()
    }

    /// What stands before a cookie's dot.
    static func sessionID(of cookie: String = cookie()) -> String {
        String(cookie.prefix { $0 != "." })
    }

    /// The record of a cookie's session.
    static func sessionRecord(of cookie: String = cookie()) -> [UInt8] {
        let hash = SHA256Digest(of: Array(cookie.utf8).span.bytes).hex
        return Array(
            """
            {"id":"\(sessionID(of: cookie))","app_id":"my-project","created_at":"2027-01-15T07:00:00.123456789Z",\
            "authenticated_at":"2027-01-15T07:00:00.123456789Z","attrs":{"user_id":"\(userID)","claims":{"amr":["pwd","mfa"]}},\
            "access_info":{"initial_access":{"time":"2027-01-15T07:00:00.1Z","ip":"203.0.113.7","user_agent":"Mozilla/5.0 \
            (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},"last_access":{"time":"2027-01-15T07:10:00Z",\
            "ip":"203.0.113.7","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}},\
            "token_hash":"\(hash)"}
            """.utf8)
    }

    static var userRecord: [UInt8] {
        Array(
            """
            {"user":{"id":"\(userID)","is_anonymous":false,"is_verified":true,"can_reauthenticate":true,"is_disabled":false,\
            "standard_attributes":{"email":"user@example.com","email_verified":true,"name":"A User","locale":"en"},\
            "roles":["stock"]},"account_status_stale_from":"2027-12-01T00:00:00Z",\
            "effective_role_keys":["stock.view","stock.edit"]}
            """.utf8)
    }
}
