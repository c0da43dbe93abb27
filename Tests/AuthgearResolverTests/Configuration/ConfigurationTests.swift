import Authentication
import AuthgearResolver
import EventLoop
import Foundation
import JOSE
import KeySets
import Logging
import NIOCore
import Redis
import Testing
import Worker

@Suite struct ConfigurationTests {
    @Test func `the contract's example is read as it says`() throws {
        let read = try configuration(contractExample)
        #expect(read.listen.map(\.description) == ["127.0.0.1:4180", "unix:/run/authgear-resolver/resolver.sock"])
        #expect(read.admin.listen == .tcp(host: "127.0.0.1", port: 4181))
        #expect(read.threads == .auto)
        #expect(read.issuers.count == 1)
        #expect(read.issuers[0].identifier == "https://my-project.authgear.cloud")
        #expect(read.issuers[0].audiences == ["https://my-project.authgear.cloud"])
        #expect(read.issuers[0].keys == .uri("https://my-project.authgear.cloud/oauth2/jwks"))
        #expect(read.sessions.appID == "my-project")
        guard case .redis(let redis) = read.sessions.store else {
            Issue.record("the store is not Redis")
            return
        }
        #expect(redis.address.endpoint == .tcp(host: "127.0.0.1", port: 6379))
        #expect(redis.address.credentials == nil)
        #expect(redis.address.database == 0)
        #expect(redis.role == .primary)
        #expect(redis.maxReplicaLag == .seconds(15))
    }

    @Test func `what is left out is as the contract's example says`() throws {
        let stated = try configuration(contractExample)
        let left = try configuration(
            """
            issuers:
              - { issuer: "https://id.example", audiences: [a] }
            sessions: { store: redis, app_id: my-project, redis: { url: "redis://127.0.0.1" } }
            """)
        #expect(left.listen == [.tcp(host: "127.0.0.1", port: 4180)])
        #expect(left.admin.listen == stated.admin.listen)
        #expect(left.threads == stated.threads)
        #expect(left.issuers[0].algorithms == [.rs256])
        #expect(left.issuers[0].leeway == .seconds(10))
        #expect(left.issuers[0].keys == .discovery)
        #expect(left.sessions.cookiePrefix == stated.sessions.cookiePrefix)
        #expect(left.sessions.limits == stated.sessions.limits)
        #expect(left.sessions.missingUser == stated.sessions.missingUser)
        #expect(left.jwks.maxStale == stated.jwks.maxStale)
        #expect(left.jwks.wait == stated.jwks.wait)
        #expect(left.headers.amrSeparator == stated.headers.amrSeparator)
        #expect(left.limits.headerBytes == stated.limits.headerBytes)
        #expect(left.limits.tokenBytes == stated.limits.tokenBytes)
        #expect(left.limits.valueBytes == stated.limits.valueBytes)
        #expect(left.limits.recordBytes == stated.limits.recordBytes)
        #expect(left.limits.decisionTimeout == stated.limits.decisionTimeout)
        #expect(left.limits.connections == stated.limits.connections)
        #expect(left.limits.headerTimeout == stated.limits.headerTimeout)
        #expect(left.limits.idleTimeout == stated.limits.idleTimeout)
        #expect(left.limits.bufferedBytes == stated.limits.bufferedBytes)
        #expect(left.shutdown == stated.shutdown)
        #expect(left.log.level == stated.log.level)
        #expect(left.log.format == stated.log.format)
        guard case .redis(let before) = stated.sessions.store, case .redis(let after) = left.sessions.store else {
            Issue.record("a store is not Redis")
            return
        }
        #expect(before.connectTimeout == after.connectTimeout)
        #expect(before.commandTimeout == after.commandTimeout)
    }

    @Test func `every key is read into its place`() throws {
        let read = try configuration(
            """
            listen: ["[::1]:1"]
            admin: { listen: "127.0.0.1:2" }
            threads: 3
            issuers:
              - issuer: http://127.0.0.1:9/a
                audiences: [x, y]
                algorithms: [ES256, Ed25519]
                leeway: 0s
                confirmation: ignore
                session_check: grant
                jwks_file: keys/a.json
              - { issuer: "https://b.example", audiences: [z], jwks_file: /keys/b.json }
            sessions:
              store: memory
              app_id: app
              cookie_prefix: __Host-
              lifetime: 1d
              idle_timeout: none
              offline_grants:
                lifetime: 3d
                clients: { my-app: { idle_timeout: 4d }, 7: { lifetime: 5d, idle_timeout: none } }
                unlisted: refuse
              missing_user: partial
              clear_cookie: { domain: example.com, secure: false }
              cache: { entries: 8, bytes: 9KiB, max_age: 10s }
              memory: { file: s.json }
              redis: { command_timeout: 1ms, connect_timeout: 2ms }
            tokens: { cache: { entries: 0, bytes: 0B } }
            jwks: { max_stale: 5m, wait: 0s }
            authgear: { endpoint: "http://127.0.0.1:3001/_resolver/resolve", user_max_stale: 7m }
            shadow: { sample: 2.5% }
            headers: { amr_separator: " ", compat: authgear }
            limits:
              { header_bytes: 1KiB, token_bytes: 512B, value_bytes: 300B, record_bytes: 2KiB, decision_timeout: 100ms, connections: 4,
                header_timeout: 6s, idle_timeout: 7s, buffered_bytes: 1MiB }
            shutdown: { delay: 8s, idle: 9s, timeout: 10m }
            log: { level: warning, format: text }
            """, path: "/etc/resolver/resolver.yaml")
        #expect(read.listen == [.tcp(host: "::1", port: 1)])
        #expect(read.admin.listen == .tcp(host: "127.0.0.1", port: 2))
        #expect(read.threads == .count(3))
        #expect(read.issuers.map(\.identifier) == ["http://127.0.0.1:9/a", "https://b.example"])
        #expect(read.issuers.map(\.audiences) == [["x", "y"], ["z"]])
        #expect(read.issuers[0].algorithms == [.es256, .edDSA])
        #expect(read.issuers[0].leeway == .zero)
        #expect(read.issuers.map(\.confirmation) == [.ignore, .check])
        #expect(read.issuers.map(\.trusted.sessionCheck) == [.grant, .none])
        let month = Duration.seconds(30 * 86_400)
        let days = { (count: Int) in Duration.seconds(count * 86_400) }
        #expect(read.sessions.offlineGrants.limits == SessionLimits(lifetime: days(3), idleTimeout: month))
        #expect(
            read.sessions.offlineGrants.clients == [
                Array("my-app".utf8): SessionLimits(lifetime: days(3), idleTimeout: days(4)),
                Array("7".utf8): SessionLimits(lifetime: days(5), idleTimeout: nil),
            ])
        #expect(read.sessions.offlineGrants.unlisted == .refuse)
        #expect(read.issuers.map(\.keys) == [.file("/etc/resolver/keys/a.json"), .file("/keys/b.json")])
        #expect(read.sessions.cookiePrefix == "__Host-")
        #expect(read.authgear?.userMaxStale == .seconds(420))
        #expect(read.shadowSample == 0.025)
        #expect(read.sessions.limits.lifetime == .seconds(86_400))
        #expect(read.sessions.limits.idleTimeout == nil)
        #expect(read.sessions.missingUser == .partial)
        guard case .memory(let memory) = read.sessions.store else {
            Issue.record("the store is not in memory")
            return
        }
        #expect(memory.file == "/etc/resolver/s.json")
        #expect(read.tokens.cache == Configuration.Cache(entries: 0, bytes: 0))
        #expect(read.sessions.cache == Configuration.Cache(entries: 8, bytes: 9 << 10))
        #expect(read.sessions.cacheMaximumAge == .seconds(10))
        #expect(read.jwks.maxStale == .seconds(300))
        #expect(read.jwks.wait == .zero)
        #expect(read.headers.amrSeparator == UInt8(ascii: " "))
        #expect(read.headers.compatibility == .authgear)
        #expect(read.sessions.clearingCookie == ClearingCookie(domain: "example.com", isSecure: false))
        #expect(read.limits.headerBytes == 1024)
        #expect(read.limits.tokenBytes == 512)
        #expect(read.limits.valueBytes == 300)
        #expect(read.limits.recordBytes == 2 << 10)
        #expect(read.limits.decisionTimeout == .milliseconds(100))
        #expect(read.limits.connections == 4)
        #expect(read.limits.headerTimeout == .seconds(6))
        #expect(read.limits.idleTimeout == .seconds(7))
        #expect(read.limits.bufferedBytes == 1 << 20)
        #expect(read.shutdown.delay == .seconds(8))
        #expect(read.shutdown.idle == .seconds(9))
        #expect(read.shutdown.timeout == .seconds(600))
        #expect(read.log.level == .warning)
        #expect(read.log.format == .text)
    }

    @Test func `which servers of Redis are believed is handed to the store`() throws {
        let text =
            "sessions: { store: redis, app_id: a, redis: { url: \"redis://h\", role: any, max_replica_lag: 20s } }"
        guard case .redis(let redis) = try configuration(text).sessions.store else {
            Issue.record("the store is not Redis")
            return
        }
        #expect(
            redis.storeConfiguration(within: Configuration().limits).options.role == .any(maximumLag: 20_000_000_000))
        #expect(
            Configuration.Redis(address: redis.address).storeConfiguration(within: Configuration().limits).options.role
                == .primary)
    }

    @Test(arguments: [("auto", RESPVersion.any), ("2", .second), ("3", .third), ("\"3\"", .third)])
    func `in which version of its protocol Redis tells of changes is handed to the store`(
        _ written: String, _ version: RESPVersion
    ) throws {
        let text = "sessions: { store: redis, app_id: a, redis: { url: \"redis://h\", protocol: \(written) } }"
        guard case .redis(let redis) = try configuration(text).sessions.store else {
            Issue.record("the store is not Redis")
            return
        }
        #expect(redis.storeConfiguration(within: Configuration().limits).version == version)
        #expect(
            Configuration.Redis(address: redis.address).storeConfiguration(within: Configuration().limits).version
                == .any)
    }

    @Test func `an issuer is handed to the verifier on its terms`() throws {
        let issuer = try configuration(soundIssuer).issuers[0].trusted
        #expect(issuer.identifier == Array("https://id.example".utf8))
        #expect(issuer.audiences == [Array("https://id.example".utf8)])
        #expect(issuer.algorithms == AlgorithmSet([.rs256]))
        #expect(issuer.leeway == .seconds(10))
        #expect(issuer.confirmation == .check)
        let ignoring = try configuration(soundIssuer + "    confirmation: ignore\n").issuers[0].trusted
        #expect(ignoring.confirmation == .ignore)
    }

    @Test func `where keys outlive the process is a path, from the configuration's folder on`() throws {
        #expect(try configuration(soundIssuer).jwks.snapshotFile == nil)
        for (path, whole) in [("/var/lib/k", "/var/lib/k"), ("k/j.json", "./k/j.json")] {
            let text = soundIssuer + "jwks: { snapshot: { file: \(path) } }\n"
            let read = try configuration(text)
            #expect(read.jwks.snapshotFile == whole)
            #expect(read.keyClaimants.map(\.leeway) == [.seconds(10)])
        }
    }

    @Test func `a store alone, and an issuer alone, are enough`() throws {
        #expect(report(soundIssuer) == "")
        #expect(report("sessions: { store: memory, app_id: a, memory: { file: s } }") == "")
        #expect(report(soundIssuer + "sessions: { store: none }") == "")
    }

    @Test(arguments: ["none", "off"]) func `the idle time-out can be turned off`(word: String) throws {
        let text = "sessions: { store: none, idle_timeout: \(word) }\n" + soundIssuer
        #expect(try configuration(text).sessions.limits.idleTimeout == nil)
    }

    @Test(arguments: [
        ("1ms", Duration.milliseconds(1)), ("250ms", .milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)),
        ("24h", .seconds(86_400)), ("30d", .seconds(2_592_000)),
    ])
    func `a duration has one unit`(text: String, duration: Duration) {
        #expect(Duration(text: text) == duration)
    }

    @Test(arguments: [
        "", "10", "s", "1.5s", "-1s", "+1s", " 1s", "1 s", "1s ", "1h30m", "1w", "1S", "١s", "99999999999999999d",
    ])
    func `what has not one number and one unit is no duration`(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(arguments: ["1ms", "250ms", "10s", "90s", "5m", "24h", "25h", "30d", "0s"])
    func `a duration is written in its largest unit`(text: String) {
        let same = ["24h": "1d"][text] ?? text
        #expect(Duration(text: text)?.text == same)
    }

    @Test(arguments: [
        ("1024B", 1024), ("1KiB", 1024), ("64KiB", 65_536), ("1MiB", 1_048_576),
    ])
    func `a size has one unit`(text: String, bytes: Int) throws {
        #expect(try configuration(soundIssuer + "limits: { header_bytes: \(text) }").limits.headerBytes == bytes)
    }
}
