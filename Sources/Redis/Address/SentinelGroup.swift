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
