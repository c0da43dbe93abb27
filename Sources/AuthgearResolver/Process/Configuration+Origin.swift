package import Authentication
import Redis
import Worker

extension Configuration {
    /// What the session stores are made from: reads the file of records.
    package func storeOrigin() throws(RecordFileError) -> RecordStores.Origin {
        switch sessions.store {
        case .none, .authgear: .none
        case .redis(let redis): .redis(configuration(of: redis))
        case .memory(let memory): .memory(try memory.records())
        }
    }

    private func configuration(of redis: Redis) -> RedisConfiguration {
        var configuration = redis.storeConfiguration(
            within: limits, trackedPrefixes: RecordKeys(appID: sessions.appID).prefixes,
            readsUserEnds: authgear != nil)
        configuration.leavesStorms = sessions.cacheMode == .auto
        return configuration
    }

    /// How Redis is spoken with, when that is another way than by a former configuration; nil when it is the same, or none. How many
    /// look-ups may wait for it, which `limits.connections` decides, is no reason to connect anew.
    func redisChange(since former: Configuration) -> RedisChange? {
        guard case .redis(let redis) = sessions.store, case .redis(let old) = former.sessions.store else { return nil }
        let isSame =
            redis.isSame(as: old)
            && sessions.appID == former.sessions.appID && (authgear == nil) == (former.authgear == nil)
            && sessions.areCached == former.sessions.areCached
            && sessions.cacheMode == former.sessions.cacheMode && limits.recordBytes == former.limits.recordBytes
        return isSame ? nil : RedisChange(configuration: configuration(of: redis), isCached: sessions.areCached)
    }
}

extension Configuration {
    /// Whether Authgear is asked in another way than by a former configuration.
    func authgearChange(since former: Configuration) -> Bool {
        authgear?.settings != former.authgear?.settings || http.proxies != former.http.proxies
    }
}

/// How Redis is spoken with from a reload on.
struct RedisChange: Sendable {
    let configuration: RedisConfiguration
    /// Whether answers may be given from memory, so that changes are to be told.
    let isCached: Bool
}

extension Configuration {
    /// How many made-up ids are asked for. In a cluster, a node has the slots of some keys: that it has those of all of these
    /// is unlikely unless it has all.
    private static let trialIDs = 4

    /// What the session store is asked to see whether records can be had, new each time.
    package var trialQueries: [RecordQuery] {
        (0..<Self.trialIDs).flatMap { _ in
            let id = "none-" + String(UInt64.random(in: .min ... .max), radix: 16)
            return RecordKeys(appID: sessions.appID).trialQueries(madeUpID: id)
        }
    }
}
