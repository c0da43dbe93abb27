import ArgumentParser
import Authentication
import Bytes
import Glibc
import JOSE
import KeySets
import Logging
import NIOCore
import NIOPosix
import Questions
import Redis
import Telemetry
import Worker

/// `check`: is this configuration right, and does what it names answer?
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say everything that is wrong with a configuration, then try its keys and its store.",
        discussion: """
            Says what it found, a line each. The exit status is 0 when all is well, else 1. No port is bound, and nothing is \
            written.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let findings = await Trial(configuration: try file.read()).findings()
        let lines = ["ok     \(file.config): no errors"] + findings.map(\.line)
        File.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDOUT_FILENO)
        guard findings.allSatisfy(\.isSound) else { throw ExitCode(1) }
    }
}

/// Tries once what a configuration names: each issuer's keys, the session store, and where Unix sockets are to be.
struct Trial {
    var configuration: Configuration

    /// What came of it: a finding for each issuer in the order of the configuration, then one for the store, then what is
    /// good to know.
    func findings() async -> [Finding] {
        await issuers() + [await store()] + (await authgear())
            + Finding.apiTokens(of: configuration, now: .now) + (await Finding.introspection(of: configuration))
            + (await Finding.cookies(of: configuration)) + (await Finding.userinfo(of: configuration))
            + Finding.snapshot(of: configuration, now: .now) + Finding.assertion(of: configuration)
            + Finding.serverTLS(of: configuration, now: .now)
            + Finding.sockets(of: configuration)
            + Finding.hints(on: configuration)
            + Finding.hints(onReplicasOf: configuration) + Finding.hints(onPoliciesOf: configuration)
    }

    private func issuers() async -> [Finding] {
        zip(configuration.issuersWithKeys, await keySets()).map { issuer, result in Finding(issuer, keys: result) }
    }

    /// What the keys of each issuer that has any are, or why there are none, in the order of the configuration.
    func keySets() async -> [Result<KeySet, FetchFailure>] {
        let fetcher = KeyFetcher(
            group: MultiThreadedEventLoopGroup.singleton, proxies: configuration.http.proxies)
        let fetched = await fetcher.fetchOnce(configuration.issuersWithKeys.map(\.source))
        await fetcher.shutdown()
        return fetched
    }

    private func store() async -> Finding {
        switch configuration.sessions.store {
        case .none:
            return Finding(
                "store none", isSound: true, result: "only \(configuration.credentialsWithoutStore) are credentials")
        case .authgear:
            let others = configuration.credentialsWithoutStore
            return Finding(
                "store authgear", isSound: true,
                result: "Authgear is asked about each credential\(others.isEmpty ? "" : " but \(others)")")
        case .memory(let memory):
            do throws(RecordFileError) {
                let count = Finding.count(try memory.records().count, of: "record")
                return Finding("store memory", isSound: true, result: "\(count) in \(memory.file)")
            } catch {
                return Finding("store memory", isSound: false, result: "\(error)")
            }
        case .redis(let redis):
            return await probe(redis)
        }
    }

    /// Whether Authgear is there, and what is to be known of how it is asked.
    private func authgear() async -> [Finding] {
        guard let authgear = configuration.authgear else { return untouched }
        let endpoint = AuthgearEndpoint(
            authgear.settings, group: MultiThreadedEventLoopGroup.singleton, proxies: configuration.http.proxies)
        let problem = await endpoint.probe()
        await endpoint.shutdown()
        let subject = "authgear \(endpoint.place)"
        var findings = [
            Finding(subject, isSound: problem == nil, result: problem ?? "reachable, and answers as a resolver does")
        ]
        if authgear.isInsecure {
            findings.append(.hint(on: "authgear.insecure", "credentials are sent over http, which others may read"))
        }
        return findings + (authgear.touch == nil ? untouched : [])
    }

    /// That nobody has Authgear write down that sessions are used.
    private var untouched: [Finding] {
        guard case .redis = configuration.sessions.store, configuration.sessions.limits.idleTimeout != nil else {
            return []
        }
        return [
            .hint(
                on: "sessions.idle_timeout",
                "sessions idle out although they are used: only Authgear writes down when they are; set authgear.endpoint, and touch"
            )
        ]
    }

    private func probe(_ redis: Configuration.Redis) async -> Finding {
        let store = redis.storeConfiguration(within: configuration.limits)
        let silence = LimitedLog(Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })
        let (status, primary) = await RecordReader.probe(store, asking: configuration.trialQueries, log: silence)
        return Finding(redis.address, status: status, primary: primary)
    }
}
