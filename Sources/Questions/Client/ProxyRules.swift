import Glibc

/// By which proxy a URL is fetched (contract section 5): the configured one, else the environment's; loopback and the hosts
/// of `NO_PROXY` by none.
package struct ProxyRules: Hashable, Sendable {
    /// Everything is fetched directly.
    package static let none = ProxyRules(configured: nil) { _ in nil }

    private let proxy: Result<ProxyAddress, ProxyFailure>?
    private let bypass: ProxyBypass

    /// - Parameters:
    ///   - configured: `http.proxy`; it comes before `HTTPS_PROXY`.
    ///   - environment: the value of a variable. Of each, the spelling in lower case is the second choice, and an empty one
    ///     says nothing.
    package init(configured: ProxyAddress?, environment: (String) -> String?) {
        func variable(named name: String) -> (name: String, value: String)? {
            for name in [name, name.lowercased()] {
                if let value = environment(name), !value.isEmpty { return (name, value) }
            }
            return nil
        }
        bypass = ProxyBypass(variable(named: "NO_PROXY")?.value ?? "")
        proxy =
            configured.map { .success($0) }
            ?? variable(named: "HTTPS_PROXY").map { variable in
                Result { () throws(ProxyAddress.Problem) in try ProxyAddress(variable.value) }
                    .mapError { .malformed(variable: variable.name, $0) }
            }
    }

    /// Nil when the URL is fetched directly.
    package func proxy(for url: FetchURL) throws(ProxyFailure) -> ProxyAddress? {
        guard let proxy, !url.isLoopback, !bypass.covers(url) else { return nil }
        return try proxy.get()
    }
}

/// What `NO_PROXY` says: hosts that are asked directly. As curl and Go read it: entries between commas or spaces, each `*`
/// for all, a name, which stands for those below it too, an address, or a network such as `10.0.0.0/8`; names and addresses
/// may have a port.
struct ProxyBypass: Hashable, Sendable {
    private enum Entry: Hashable {
        case all
        case name(String, port: UInt16?)
        case network([UInt8], bits: Int, port: UInt16?)
    }

    private let entries: [Entry]

    init(_ list: String) {
        entries = list.lowercased().split { $0 == "," || $0.isWhitespace }.compactMap(Self.entry(in:))
    }

    func covers(_ url: FetchURL) -> Bool {
        let host = url.host.hasSuffix(".") ? url.host.dropLast() : url.host[...]
        let port = url.port ?? (url.isSecure ? 443 : 80)
        let address = Self.bytes(of: host)
        return entries.contains { entry in
            switch entry {
            case .all: true
            case .name(let name, let only):
                (only ?? port) == port && address == nil && (host == name || host.hasSuffix("." + name))
            case .network(let network, let bits, let only):
                (only ?? port) == port
                    && address.map { Self.isWithin(address: $0, network: network, bits: bits) } ?? false
            }
        }
    }

    /// Nil for what is no entry.
    private static func entry(in text: Substring) -> Entry? {
        if text == "*" { return .all }
        if let slash = text.firstIndex(of: "/") {
            guard let network = bytes(of: text[..<slash]), let bits = Int(text[text.index(after: slash)...]),
                (0...network.count * 8).contains(bits)
            else { return nil }
            return .network(network, bits: bits, port: nil)
        }
        if let address = bytes(of: text) { return .network(address, bits: address.count * 8, port: nil) }
        let (host, port) = split(hostAndPort: text)
        if let address = bytes(of: host) { return .network(address, bits: address.count * 8, port: port) }
        var name = host.hasPrefix("*.") ? host.dropFirst(2) : host.drop { $0 == "." }
        if name.hasSuffix(".") { name.removeLast() }
        return name.isEmpty ? nil : .name(String(name), port: port)
    }

    /// Splits `host:port`.
    private static func split(hostAndPort text: Substring) -> (Substring, UInt16?) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return (text, nil)
        }
        return (text[..<colon], port)
    }

    /// The bytes of an IP address, which may be in brackets; nil for a name.
    private static func bytes(of host: Substring) -> [UInt8]? {
        let text = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        var (v4, v6) = (in_addr(), in6_addr())
        if unsafe inet_pton(AF_INET, String(text), &v4) == 1 {
            return unsafe withUnsafeBytes(of: v4) { unsafe Array($0) }
        }
        if unsafe inet_pton(AF_INET6, String(text), &v6) == 1 {
            return unsafe withUnsafeBytes(of: v6) { unsafe Array($0) }
        }
        return nil
    }

    private static func isWithin(address: [UInt8], network: [UInt8], bits: Int) -> Bool {
        guard address.count == network.count else { return false }
        return address.indices.allSatisfy { index in
            let rest = bits - index * 8
            let mask: UInt8 = rest >= 8 ? 0xFF : rest <= 0 ? 0 : ~(0xFF >> UInt8(rest))
            return address[index] & mask == network[index] & mask
        }
    }
}
