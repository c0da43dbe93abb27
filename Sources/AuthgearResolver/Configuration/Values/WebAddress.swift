/// An http or https URL, as far as the configuration needs to know it (RFC 3986).
struct WebAddress {
    var isSecure: Bool
    var host: String
    var hasQuery: Bool
    var hasFragment: Bool

    /// Nil when the text is no absolute http or https URL with a host, or has user information or a byte that no URL has.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#""<>\^`{|}"#.utf8.contains($0) }) else {
            return nil
        }
        let schemeEnd = text.prefix { $0 != ":" }
        guard let isSecure = ["https": true, "http": false][schemeEnd.lowercased()] else { return nil }
        var rest = text.dropFirst(schemeEnd.count)
        guard rest.hasPrefix("://") else { return nil }
        rest.removeFirst(3)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let host = Self.host(of: authority) else { return nil }
        let tail = rest.dropFirst(authority.count)
        self.isSecure = isSecure
        self.host = host
        self.hasFragment = tail.contains("#")
        self.hasQuery = tail.prefix { $0 != "#" }.contains("?")
    }

    /// Whether its host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    var isLoopback: Bool {
        let host = host.lowercased()
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = octets.count == 4 && octets.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "[::1]" || (isIPv4 && octets[0] == "127")
    }

    /// The host of `host`, `host:port`, `[address]` or `[address]:port`.
    private static func host(of authority: Substring) -> String? {
        guard !authority.contains("@") else { return nil }
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        let port = authority.dropFirst(host.count)
        guard !host.isEmpty, port.isEmpty || (port.hasPrefix(":") && UInt16(port.dropFirst()) ?? 0 > 0) else {
            return nil
        }
        return String(host)
    }
}
