package import EventLoop

/// Who may change something by the admin listener (contract section 1): who is on this machine, and no browser on behalf of a page.
package struct ChangeRights: Sendable {
    /// `admin.changes`.
    package var areGiven: Bool
    /// Where the listener is.
    package var address: ListenAddress

    package init(areGiven: Bool, address: ListenAddress) {
        (self.areGiven, self.address) = (areGiven, address)
    }

    /// Why the request may not; nil when it may.
    func refusal(of request: AdminRequest) -> String? {
        guard areGiven else { return "changes are off: admin.changes turns them on" }
        guard isLocal else { return "changes need an admin.listen on loopback, or a Unix socket; it is \(address)" }
        // A page of another origin can't send this field without being allowed to first (CORS).
        guard request.adminField == "1" else { return "the field X-Authgear-Admin: 1 is missing" }
        // What a name leads to is up to whoever owns it, and may be this machine by now (DNS rebinding).
        guard let host = request.host, isOwn(Self.withoutPort(host)) else {
            return "Host has to be the address of admin.listen, or localhost"
        }
        return nil
    }

    private var isLocal: Bool {
        switch address {
        case .unix: true
        case .tcp(let host, _): SocketAddress(ip: host, port: 0)?.isLoopback ?? false
        }
    }

    private func isOwn(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard case .tcp(let own, _) = address else { return false }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        let named = SocketAddress(ip: isBracketed ? String(host.dropFirst().dropLast()) : host, port: 0)
        return named != nil && named?.isIPv6 == isBracketed && named == SocketAddress(ip: own, port: 0)
    }

    /// Host and port are apart by the last colon that stands in no brackets (RFC 9110 section 7.2).
    private static func withoutPort(_ host: String) -> String {
        guard let colon = host.lastIndex(of: ":") else { return host }
        let port = host[host.index(after: colon)...]
        return port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? String(host[..<colon]) : host
    }
}
