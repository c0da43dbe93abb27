import KeySets
import NIOCore
import NIOPosix
import Sessions
import Tokens

/// Tries once what a configuration names: each issuer's keys, and the session store.
struct Trial {
    var configuration: Configuration

    /// What came of it: a finding for each issuer in the order of the configuration, then one for the store.
    func findings() async -> [Finding] {
        await issuers() + [await store()]
    }

    private func issuers() async -> [Finding] {
        let fetcher = KeyFetcher(group: MultiThreadedEventLoopGroup.singleton)
        let findings = await withTaskGroup(of: (Int, Finding).self) { group in
            for (index, issuer) in configuration.issuers.enumerated() {
                group.addTask { (index, Finding(issuer, await Self.keys(of: issuer, fetcher))) }
            }
            return await group.reduce(into: [(Int, Finding)]()) { $0.append($1) }
        }
        await fetcher.shutdown()
        return findings.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func keys(
        of issuer: Configuration.Issuer, _ fetcher: KeyFetcher
    ) async -> Result<KeySet, FetchFailure> {
        do throws(FetchFailure) {
            guard case .keys(let fetched) = try await fetcher.fetch(issuer.source) else { return .failure(.stopped) }
            return .success(fetched.set)
        } catch {
            return .failure(error)
        }
    }

    private func store() async -> Finding {
        switch configuration.sessions.store {
        case .none:
            return Finding("store none", isSound: true, "session cookies are no credential")
        case .memory(let memory):
            do throws(RecordFileError) {
                let count = Finding.count(try memory.records().count, "record")
                return Finding("store memory", isSound: true, "\(count) in \(memory.file)")
            } catch {
                return Finding("store memory", isSound: false, "\(error)")
            }
        case .redis(let redis):
            return await Self.probe(redis)
        }
    }

    private static func probe(_ redis: Configuration.Redis) async -> Finding {
        let subject = "store redis \(redis.address)"
        do {
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            return switch try await RedisStore.probe(try redis.storeConfiguration(), on: loop).get() {
            case .reachable: Finding(subject, isSound: true, "reachable")
            case .unreachable(let reason): Finding(subject, isSound: false, reason)
            }
        } catch {
            return Finding(subject, isSound: false, "TLS can't be set up: the system's certificates can't be loaded")
        }
    }
}
