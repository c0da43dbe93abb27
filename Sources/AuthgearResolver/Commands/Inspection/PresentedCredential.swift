package import Authentication
import Bytes

/// A credential as a client presents it: what `inspect --cookie` and `inspect --token` are asked about.
package enum PresentedCredential {
    /// In an `Authorization` field.
    case token([UInt8])
    case cookie(name: String, value: [UInt8])

    /// A cookie from `NAME=VALUE`; nil when it is something else.
    package init?(cookie text: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        self = .cookie(name: String(text[..<equals]), value: Array(text[text.index(after: equals)...].utf8))
    }

    /// The same with another value.
    package func with(value: [UInt8]) -> PresentedCredential {
        switch self {
        case .token: .token(value)
        case .cookie(let name, _): .cookie(name: name, value: value)
        }
    }

    package var value: [UInt8] {
        switch self {
        case .token(let value), .cookie(_, let value): value
        }
    }

    /// Why no client can present it as one credential; nil when it can. Nothing that it holds may begin a field or a cookie of
    /// its own.
    package var problem: String? {
        if case .cookie(let name, let value) = self {
            guard name.utf8.allSatisfy({ $0.isVisible && $0 != UInt8(ascii: ";") }) else {
                return "no cookie has this name"
            }
            if value.contains(UInt8(ascii: ";")) { return "a cookie's value ends at the semicolon: give it alone" }
        }
        if case .token(let value) = self, value.isEmpty { return "the token is empty" }
        return value.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            ? nil : "it has a line break or another control character in it: was it wrapped?"
    }

    /// The head of a request with this credential and no other.
    var requestHead: [UInt8] {
        let field =
            switch self {
            case .token(let value): Array("Authorization: Bearer ".utf8) + value
            case .cookie(let name, let value): Array("Cookie: \(name)=".utf8) + value
            }
        return Array("GET /resolve HTTP/1.1\r\nHost: inspect\r\n".utf8) + field + Array("\r\n\r\n".utf8)
    }

    /// What it is counted as when it is refused; nil when it is no credential.
    package func kind(in configuration: Configuration) -> RefusedCredential? {
        let prefix = configuration.sessions.cookiePrefix
        return switch self {
        case .cookie(let name, _) where configuration.cookies.contains { $0.name == name }: .cookie
        case .token: tokenKind
        case .cookie(prefix + "app_access_token", _): tokenKind
        case .cookie(prefix + "app_session", _): .appSession
        case .cookie(prefix + "session", _): .session
        case .cookie: nil
        }
    }

    private var tokenKind: RefusedCredential {
        value.count { $0 == UInt8(ascii: ".") } == 2 ? .token : .accessToken
    }
}
