import Glibc

/// A host, by name or numeric address, and a port: as a URL or a Sentinel names it.
package struct NodeAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv6 address stands without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether both are one place, however each is written. Names are not looked up.
    func isAlike(_ other: NodeAddress) -> Bool { port == other.port && plainHost == other.plainHost }

    private enum PlainHost: Hashable {
        /// In network order, of IPv4 four.
        case address([UInt8])
        case name(String)
    }

    private var plainHost: PlainHost {
        var (four, six) = (in_addr(), in6_addr())
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            return .address(unsafe withUnsafeBytes(of: four) { unsafe Array($0) })
        }
        if unsafe inet_pton(AF_INET6, host, &six) == 1 {
            let bytes = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
            // One of IPv4 within IPv6 leads there (RFC 4291 section 2.5.5.2).
            let isMapped = bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
            return .address(isMapped ? Array(bytes.suffix(4)) : bytes)
        }
        // The dot behind a name says that it is whole (RFC 1034 section 3.1).
        return .name((host.hasSuffix(".") ? String(host.dropLast()) : host).lowercased())
    }
}

/// The Sentinels that watch over a service, which is what they call a primary and its replicas together.
package struct SentinelGroup: Hashable, Sendable {
    /// How many a URL may name.
    package static let maximumHosts = 16

    /// Those that the URL names: no two are alike.
    package let hosts: [NodeAddress]
    package let service: String
    /// Whether all is within TLS: what is said with the Sentinels as well as with the servers.
    package let isSecured: Bool
    /// The Sentinels' own; nil when they ask for no password.
    package var credentials: RedisCredentials?

    package init(hosts: [NodeAddress], service: String, isSecured: Bool = false, credentials: RedisCredentials? = nil) {
        self.hosts = hosts
        self.service = service
        self.isSecured = isSecured
        self.credentials = credentials
    }

    /// A server that a Sentinel names.
    package func endpoint(of node: NodeAddress) -> RedisAddress.Endpoint {
        isSecured ? .tls(host: node.host, port: node.port) : .tcp(host: node.host, port: node.port)
    }
}

extension SentinelGroup: CustomStringConvertible {
    /// `mymaster of 10.0.0.1:26379, 10.0.0.2:26379`: fit for logs.
    package var description: String { "\(service) of \(hosts.map(\.description).joined(separator: ", "))" }
}
