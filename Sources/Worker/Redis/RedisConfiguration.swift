import EventLoop
package import Redis

/// What a worker is told of Redis (contract section 7, `sessions.redis`). One value serves all workers.
package struct RedisConfiguration: Sendable {
    package let options: RedisOptions
    /// Whether it is read when users' records end, while changes are told: without that an end could not be told from a purge.
    let readsUserEnds: Bool
    /// Whether the feed is left for a minute where being told of changes does not pay (`sessions.cache.mode: auto`).
    package var leavesStorms = false
    /// Where names lead.
    let names: NameService
    let place: Place
    /// Nil unless the address is `rediss://`.
    let tls: TLSSettings?

    package init(
        address: RedisAddress, connectTimeout: Duration, commandTimeout: Duration, maximumPending: Int,
        role: RequiredRole = .primary, trackedPrefixes: [String] = [],
        readsUserEnds: Bool = false, names: NameService = .system, tls: TLSSettings? = nil
    ) {
        options = RedisOptions(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: maximumPending, role: role, trackedPrefixes: trackedPrefixes)
        self.readsUserEnds = readsUserEnds
        self.names = names
        self.tls = tls
        place = Place(address.endpoint)
    }

    /// Where the server is.
    enum Place: Sendable {
        case address(SocketAddress)
        /// Resolved again at each connection.
        case name(host: String, port: UInt16)

        init(_ endpoint: RedisAddress.Endpoint) {
            switch endpoint {
            case .unix(let path): self = .address(.unix(path: path))
            case .tcp(let host, let port), .tls(let host, let port):
                let port = UInt16(clamping: port)
                self = SocketAddress(ip: host, port: port).map { .address($0) } ?? .name(host: host, port: port)
            }
        }
    }
}
