import EventLoop
package import Redis

/// What a worker is told of Redis (contract section 7, `sessions.redis`). One value serves all workers.
package struct RedisConfiguration: Sendable {
    package private(set) var options: RedisOptions
    /// Whether it is read when users' records end, while changes are told: without that an end could not be told from a purge.
    let readsUserEnds: Bool
    /// Whether the feed is left for a minute where being told of changes does not pay (`sessions.cache.mode: auto`).
    package var leavesStorms = false
    /// Where names lead.
    let names: NameService
    private(set) var place: Place
    /// Where the credentials are read from for each connection; nil when they come from no file.
    package var credentialFiles: CredentialFiles?
    /// Nil unless the address is `rediss://` or `rediss-sentinel://`.
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

    /// In which version of its protocol the server tells of changes.
    package var version: RESPVersion {
        get { options.version }
        set { options.version = newValue }
    }

    /// The longest value that is read.
    package var maximumValueBytes: Int {
        get { options.maximumValueBytes }
        set { options.maximumValueBytes = newValue }
    }

    /// Those who say where the server is; nil when the address does.
    package var sentinels: SentinelGroup? {
        if case .sentinels(let group) = options.address.endpoint { group } else { nil }
    }

    /// The same, with what the files of the credentials hold.
    func using(_ credentials: StoreCredentials) -> RedisConfiguration {
        var settings = self
        if let servers = credentials.servers { settings.options.address.credentials = servers }
        if let sentinels = credentials.sentinels, case .sentinels(var group) = settings.options.address.endpoint {
            group.credentials = sentinels
            settings.options.address.endpoint = .sentinels(group)
        }
        return settings
    }

    /// The same, with a server that Sentinels name.
    func leading(to node: NodeAddress, of group: SentinelGroup) -> RedisConfiguration {
        var settings = self
        settings.options.address.endpoint = group.endpoint(of: node)
        // The Sentinels name a primary, and it has to be one.
        settings.options.role = .primary
        settings.place = Place(settings.options.address.endpoint)
        return settings
    }

    /// The same, with a Sentinel.
    func asking(_ node: NodeAddress, of group: SentinelGroup) -> RedisConfiguration {
        var settings = leading(to: node, of: group)
        settings.options.connectTimeout = SentinelTopology.turn
        return settings
    }

    /// Where the server is.
    enum Place: Sendable {
        case address(SocketAddress)
        /// Resolved again at each connection.
        case name(host: String, port: UInt16)
        /// That is for others to say.
        case nowhere

        var isName: Bool { if case .name = self { true } else { false } }

        init(_ endpoint: RedisAddress.Endpoint) {
            switch endpoint {
            case .unix(let path): self = .address(.unix(path: path))
            case .tcp(let host, let port), .tls(let host, let port):
                let port = UInt16(clamping: port)
                self = SocketAddress(ip: host, port: port).map { .address($0) } ?? .name(host: host, port: port)
            case .sentinels: self = .nowhere
            }
        }
    }
}
