/// A URL taken apart, nothing of it decoded (RFC 3986 section 3): `scheme://authority`, and what follows.
package struct URLParts {
    /// What stands before the first `://`, as it is written; nil when there is none.
    package let scheme: Substring?
    /// What stands between that and the first `/`, `?` or `#`.
    package let authority: Substring
    /// All from there on.
    package let rest: Substring

    package init(_ text: String) {
        let separator = text.firstRange(of: "://")
        scheme = separator.map { text[..<$0.lowerBound] }
        (authority, rest) = text[(separator?.upperBound ?? text.startIndex)...].split(before: "/", "?", "#")
    }
}

/// What a URL leads to: `host[:port]` (RFC 3986 sections 3.2.2 and 3.2.3).
package struct HostAndPort {
    package enum Problem: Error {
        /// The host is neither a name or an IPv4 address of letters, digits, `-`, `.` and `_`, nor an IPv6 address in
        /// brackets.
        case host
        /// What follows the host is not a colon and a number from 1 to 65535.
        case port
    }

    /// As it is written; an IPv6 address without its brackets.
    package let host: Substring
    package let isIPv6: Bool
    package let port: UInt16?

    package init(_ text: Substring) throws(Problem) {
        isIPv6 = text.hasPrefix("[")
        let (host, rest) = isIPv6 ? text.dropFirst().split(before: "]") : text.split(before: ":")
        guard isIPv6 ? !rest.isEmpty && Self.isIPv6Address(host) : Self.isName(host) else { throw .host }
        self.host = host
        port = try Self.port(in: isIPv6 ? rest.dropFirst() : rest)
    }

    /// Whether it is made of what such an address is made of; the system reads it.
    private static func isIPv6Address(_ text: Substring) -> Bool {
        text.utf8.count > 1
            && text.utf8.allSatisfy { $0.hexDigitValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte.lowercased {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    /// Reads `[:port]`.
    private static func port(in text: Substring) throws(Problem) -> UInt16? {
        guard let colon = text.utf8.first else { return nil }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.utf8.allSatisfy(\.isDigit), let port = UInt16(digits), port > 0 else {
            throw .port
        }
        return port
    }
}

extension Substring {
    /// Splits `[userinfo@]host[:port]` (RFC 3986 section 3.2) at its last `@`.
    package func splitUserInfo() -> (userInfo: Substring?, place: Substring) {
        guard let at = lastIndex(of: "@") else { return (nil, self) }
        return (self[..<at], self[index(after: at)...])
    }

    /// The part before the first of some characters, and the part from it on.
    package func split(before characters: Character...) -> (Substring, Substring) {
        let index = firstIndex(where: characters.contains) ?? endIndex
        return (self[..<index], self[index...])
    }
}
