import Bytes
package import Redis
package import Trust
package import Worker

extension Configuration {
    /// The session store.
    package enum Store: Sendable {
        case none
        case redis(Redis)
        case memory(Memory)
        /// None of our own: Authgear is asked about each credential.
        case authgear

        /// What the configuration calls them.
        enum Kind: String, CaseIterable {
            case redis, memory, authgear, none
        }

        var kind: Kind {
            switch self {
            case .none: .none
            case .redis: .redis
            case .memory: .memory
            case .authgear: .authgear
            }
        }
    }

    /// Authgear's Redis.
    package struct Redis: Hashable, Sendable {
        package var address: RedisAddress
        package var connectTimeout = Duration.seconds(1)
        /// How long one look-up may take.
        package var commandTimeout = Duration.milliseconds(250)
        package var role = Role.primary
        /// How long ago a replica that is read may have last heard from its primary.
        package var maxReplicaLag = Duration.seconds(15)
        package var tls = RedisTLS()
        /// In which version of its protocol the server tells of changes.
        package var version = RESPVersion.any
        /// Where user and password are read from again; nil when they come from no file.
        package var credentialTexts: RedisCredentialTexts?

        package init(address: RedisAddress) {
            self.address = address
        }
    }

    /// Which servers of a replicated Redis are read.
    package enum Role: String, CaseIterable, Sendable {
        case primary
        /// Replicas as well, as far as they are up to date.
        case any
    }

    /// Records from a file, `{"<redis key>": <record>, …}`.
    package struct Memory: Hashable, Sendable {
        /// An absolute path.
        package var file: String

        package init(file: String) {
            self.file = file
        }
    }
}

extension Configuration {
    /// What is a credential without a session store, in words; empty where nothing is.
    package var credentialsWithoutStore: String {
        let kinds = [
            issuersWithKeys.isEmpty ? nil : "JWTs", tokens.own == nil ? nil : "API tokens",
            issuers.contains { $0.introspection != nil } ? "what an introspection endpoint knows" : nil,
            cookies.isEmpty ? nil : "other servers' cookies",
        ].compactMap(\.self)
        guard kinds.count > 1, let last = kinds.last else { return kinds.first ?? "" }
        return "\(kinds.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension Configuration.Limits {
    /// How many look-ups of a worker may be outstanding. Each connection of the gateway has one request that waits for one; as many
    /// again may be left of connections that were closed meanwhile.
    var maximumPending: Int { 2 * connections }
}

extension Configuration.Redis {
    /// The same, as the store takes it.
    ///
    /// - Parameters:
    ///   - limits: what records and connections of the gateway may be.
    ///   - trackedPrefixes: what the keys begin with whose changes are to be told.
    ///   - readsUserEnds: whether it matters when users' records end.
    package func storeConfiguration(
        within limits: Configuration.Limits, trackedPrefixes: [String] = [], readsUserEnds: Bool = false
    ) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: limits.maximumPending, role: requiredRole, trackedPrefixes: trackedPrefixes,
            readsUserEnds: readsUserEnds, tls: tlsSettings)
        configuration.credentialFiles = credentialFiles
        configuration.version = version
        configuration.maximumValueBytes = limits.recordBytes
        return configuration
    }

    /// Nil unless the address is `rediss://` or `rediss-sentinel://`.
    private var tlsSettings: TLSSettings? {
        switch address.endpoint {
        case .tls: break
        case .sentinels(let group) where group.isSecured: break
        case .tcp, .unix, .sentinels: return nil
        }
        let source = TLSContextSource(trusting: tls.anchors, as: tls.identity)
        return TLSSettings(server: tls.serverName) { try source.context() }
    }

    private var requiredRole: RequiredRole {
        switch role {
        case .primary: .primary
        case .any: .any(maximumLag: maxReplicaLag.nanoseconds)
        }
    }
}

/// How TLS is spoken with Redis (contract section 7, `sessions.redis.tls`). Without `rediss://` it means nothing.
package struct RedisTLS: Hashable, Sendable {
    /// Who vouches for the server.
    package var anchors = TrustAnchors.system
    /// Who we are; Redis asks for that unless `tls-auth-clients` says otherwise.
    package var identity: ClientIdentity?
    /// What the server's certificate must be for, when that is not the host of its URL; no IP address.
    package var serverName: String?

    package init() {}
}

extension Configuration.Memory {
    /// The most bytes that a file of records may have.
    package static let maximumBytes = 64 << 20

    /// Reads the file's records.
    package func records() throws(RecordFileError) -> MemoryRecords {
        do {
            let bytes = try File.contents(of: file, limit: Self.maximumBytes)
            return try MemoryRecords(file: bytes.span.bytes)
        } catch {
            throw RecordFileError(description: "\(file): \(error)")
        }
    }
}

/// Why a file of records can't be used, and where.
package struct RecordFileError: Error, CustomStringConvertible {
    package let description: String
}

extension Configuration.Store: CustomStringConvertible {
    /// Which kind it is, and where; without user and password.
    package var description: String {
        switch self {
        case .none: "none"
        case .authgear: "authgear"
        case .redis(let redis): "redis \(redis.address)"
        case .memory(let memory): "memory \(memory.file)"
        }
    }
}
