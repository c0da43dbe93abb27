import Authentication
import Bytes
import Fixtures
import JOSE

/// The credentials of a request, as `WorldTable` writes them: `token app2 session:unknown`.
struct SentCredentials {
    private(set) var authorization: String?
    private(set) var cookies: [String] = []
    private(set) var hasSession = false

    static let key = TestKeys.key(.es256)

    init(_ words: Substring) throws {
        for word in words.split(separator: " ") {
            let parts = word.split(separator: ":")
            let person = parts[0].last.flatMap { $0.isNumber ? String($0) : nil }
            let name = person == nil ? parts[0] : parts[0].dropLast()
            try add(name, person ?? "1", parts.count > 1 ? parts[1] : "", word)
        }
        if !cookies.isEmpty { cookies = [cookies.joined(separator: "; ")] }
    }

    private mutating func add(_ name: Substring, _ person: String, _ variant: Substring, _ word: Substring) throws {
        switch name {
        case "token": authorization = try Self.field(WrittenWorld.token(person), variant, word)
        case "jwt": authorization = "Bearer \(try Self.jwt(person, variant, word))"
        case "basic": authorization = "Basic \(WrittenWorld.token(person))"
        case "other": cookies.append("sessions=\(WrittenWorld.cookie(person))")
        case "cookie" where variant == "jwt": cookies.append("app_access_token=\(try Self.jwt(person, "", word))")
        case "cookie": cookies.append("app_access_token=\(try Self.value(WrittenWorld.token(person), variant, word))")
        case "app": cookies.append("app_session=\(try Self.value(WrittenWorld.appSession(person), variant, word))")
        case "session":
            cookies.append("session=\(try Self.value(WrittenWorld.cookie(person), variant, word))")
            hasSession = true
        default: throw Misspelt(word: word)
        }
    }

    private static func field(_ token: String, _ variant: Substring, _ word: Substring) throws -> String {
        switch variant {
        case "lower": "bearer \(token)"
        case "upper": "BEARER \(token)"
        case "spaces": "Bearer  \(token)"
        default: "Bearer \(try value(token, variant, word))"
        }
    }

    private static func value(_ value: String, _ variant: Substring, _ word: Substring) throws -> String {
        switch variant {
        case "": value
        case "quoted": "\"\(value)\""
        case "unknown": "nobody\(value)"
        case "secret": "\(value)s"
        case "nodot": value.replacing(".", with: "")
        case "dots": "\(value).more"
        case "noid": "." + value.split(separator: ".")[1]
        default: throw Misspelt(word: word)
        }
    }

    private static func jwt(_ person: String, _ variant: Substring, _ word: Substring) throws -> String {
        let now = Desk.now.seconds
        var mint = TokenMint(key: key)
        mint.claims["iat"] = "\(now - 60)"
        mint.claims["exp"] = "\(now + 1_740)"
        mint.claims["sub"] = "\"u\(person)\""
        mint.claims["jti"] = "\"\(WrittenWorld.hash(WrittenWorld.token(person)))\""
        switch variant {
        case "": break
        case "leeway": mint.claims["exp"] = "\(now - 5)"
        case "late": mint.claims["exp"] = "\(now - 11)"
        case "jti": mint.claims["jti"] = "\"58aaa4d9\""
        case "subject": mint.claims["sub"] = "\"u9\""
        case "audience": mint.claims["aud"] = "\"https://elsewhere.example\""
        case "forged": break
        default: throw Misspelt(word: word)
        }
        var token = mint.token
        if variant == "forged" {
            token.replaceSubrange(token.count - 12..<token.count - 4, with: Array("AAAAAAAA".utf8))
        }
        return String(decoding: token, as: UTF8.self)
    }
}
