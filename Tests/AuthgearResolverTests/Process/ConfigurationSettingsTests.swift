import Authentication
import AuthgearResolver
import Bytes
import EventLoop
import HTTP1
import JOSE
import KeySets
import NIOCore
import Redis
import Telemetry
import Testing
import Worker

/// Each setting arrives at the part that it is about.
@Suite struct ConfigurationSettingsTests {
    @Test func `there are as many event loops as configured, or as there are cores`() {
        var settings = Configuration()
        #expect(settings.loopCount == Processors.available)
        settings.threads = .count(3)
        #expect(settings.loopCount == 3)
    }

    @Test func `workers wait for the turn of whoever runs where there is one core, or as configured`() {
        var settings = Configuration()
        func policy(cores: Int, inherited: SchedulingPolicy? = .other) -> SchedulingPolicy? {
            settings.schedulingPolicy(cores: cores, inherited: inherited)
        }
        #expect(policy(cores: 1) == .batch)
        #expect(policy(cores: 2) == nil, "as whoever started the process has it")
        #expect(policy(cores: 1, inherited: nil) == nil, "for real time, or for idle machines")
        for cores in [1, 2] {
            settings.scheduling = .other
            #expect(policy(cores: cores, inherited: .batch) == .other)
            settings.scheduling = .batch
            #expect(policy(cores: cores) == .batch)
        }
    }

    @Test func `keys are fetched from each issuer's source, in order`() throws {
        let settings = try configuration(
            """
            issuers:
              - { issuer: "https://a.example", audiences: [x] }
              - { issuer: "https://b.example", audiences: [x], jwks_uri: "https://b.example/keys" }
              - { issuer: "https://c.example", audiences: [x], jwks_file: /keys/c.json }
            jwks: { max_stale: 5m, wait: 3s }
            """
        ).keySetSettings()
        #expect(
            settings.sources == [
                KeySource(issuer: "https://a.example", location: .discovery),
                KeySource(issuer: "https://b.example", location: .uri("https://b.example/keys")),
                KeySource(issuer: "https://c.example", location: .file("/keys/c.json")),
            ])
        #expect(settings.maxStale == .seconds(300))
        #expect(settings.wait == .seconds(3))
    }

    @Test func `the listener has its addresses and limits`() throws {
        let settings = try configuration(
            soundIssuer + """
                listen: ["127.0.0.1:1", "unix:/run/a.sock"]
                threads: 4
                scheduling: batch
                limits: { header_bytes: 2KiB, connections: 4, header_timeout: 6s, idle_timeout: 7s, buffered_bytes: 8MiB }
                shutdown: { idle: 8s, timeout: 9s }
                """
        ).listenerSettings(connections: 3)
        #expect(settings.addresses == [.tcp(host: "127.0.0.1", port: 1), .unix(path: "/run/a.sock")])
        #expect(settings.scheduling == .batch)
        #expect(settings.maximumConnections == 3, "as many as files allow")
        #expect(settings.connection.headerBytes == 2 << 10)
        #expect(settings.connection.headerTimeout == .seconds(6))
        #expect(settings.connection.bodyTimeout == .seconds(6))
        #expect(settings.connection.idleTimeout == .seconds(7))
        #expect(settings.connection.bufferedBytes == 2 << 20, "each loop has its share")
        let small = try configuration(soundIssuer + "threads: 32\nlimits: { buffered_bytes: 1MiB }\n")
        #expect(
            small.listenerSettings(connections: 3).connection.bufferedBytes == 256 << 10, "four whole heads at least")
        #expect(settings.drain.idle == .seconds(8))
        #expect(settings.drain.timeout == .seconds(9))
    }

    @Test func `as many look-ups may wait as twice the connections that there may be`() throws {
        let settings = try configuration(
            """
            sessions: { store: redis, app_id: a, redis: { url: "redis://h:1", connect_timeout: 3s, command_timeout: 2s } }
            limits: { connections: 4 }
            """)
        guard case .redis(let store) = try settings.storeOrigin() else {
            Issue.record("it has no store in redis")
            return
        }
        #expect(store.options.maximumPending == 8)
        #expect(store.options.connectTimeout == 3_000_000_000)
        #expect(store.options.commandTimeout == 2_000_000_000)
        #expect(store.options.trackedPrefixes.allSatisfy { $0.hasPrefix("app:a:") })
    }

    @Test func `without a store there are no rules for sessions`() throws {
        #expect(try configuration(soundIssuer).sessionRules == nil)
    }

    @Test(arguments: [("unavailable", "30d"), ("partial", "none")])
    func `sessions are judged by the configured rules`(missingUser: String, idleTimeout: String) throws {
        let rules = try #require(
            try configuration(
                """
                sessions:
                  store: memory
                  app_id: a
                  lifetime: 2d
                  idle_timeout: \(idleTimeout)
                  missing_user: \(missingUser)
                  memory: { file: /s.json }
                """
            ).sessionRules)
        #expect(rules.limits.lifetime == .seconds(2 * 86_400))
        #expect(rules.limits.idleTimeout == (idleTimeout == "none" ? nil : .seconds(30 * 86_400)))
        #expect(rules.missingUser == (missingUser == "partial" ? .partial : .unavailable))
    }

    @Test(arguments: [1, 2, 3, 64])
    func `the loops' shares of a cache make up what the process may hold`(loops: Int) {
        var settings = Configuration()
        settings.threads = .count(loops)
        settings.tokens.cache = Configuration.Cache(entries: 100, bytes: 10_000)
        settings.sessions.cache = Configuration.Cache(entries: 7, bytes: 1 << 20)
        settings.sessions.cacheMaximumAge = .seconds(9)
        let rules = settings.cacheRules
        #expect(
            (100..<100 + loops).contains(rules.tokens.entries * loops), "no entry less, and none at all for no loop")
        #expect((10_000 - loops + 1...10_000).contains(rules.tokens.bytes * loops), "never more memory")
        #expect((7..<7 + loops).contains(rules.sessions.entries * loops))
        #expect(rules.sessions.bytes == (1 << 20) / loops)
        #expect(rules.sessionMaximumAge == .seconds(9))
    }

    @Test func `a cache that is off is off in each loop`() {
        var settings = Configuration()
        settings.threads = .count(5)
        settings.tokens.cache = Configuration.Cache(entries: 0, bytes: 1 << 20)
        settings.sessions.cache = Configuration.Cache(entries: 5, bytes: 0)
        #expect(settings.cacheRules.tokens.entries == 0)
        #expect(settings.cacheRules.sessions.bytes == 0)
    }

    /// What a resolver of this configuration says of a bearer token.
    private func refusals(of token: String, by settings: Configuration) -> [String] {
        let field = Array("Bearer \(token)".utf8)
        var request = ResolveRequest(.resolve)
        request.fields.authorization = FieldValue(start: 0, end: field.count)
        var resolver = settings.resolver()
        _ = resolver.resolve(request, in: field.span.bytes, now: Moment(steady: 0, timestamp: .now))
        var reasons: [String] = []
        resolver.tally.forEachRefusal { _, reason, count in if count > 0 { reasons.append("\(reason)") } }
        return reasons
    }

    @Test func `a resolver knows the longest token and the issuers`() throws {
        let credentials = try DemoCredentials(now: .now)
        var settings = Configuration()
        settings.issuers = [Configuration.Issuer(identifier: "https://other.example", audiences: ["a"])]
        #expect(refusals(of: credentials.validToken, by: settings) == ["issuer_unknown"])
        settings.issuers.append(
            Configuration.Issuer(identifier: DemoCredentials.issuer, audiences: [DemoCredentials.audience]))
        #expect(refusals(of: credentials.validToken, by: settings) == [], "its key is missing still")
        #expect(refusals(of: credentials.expiredToken, by: settings) == ["expired"])
        settings.limits.tokenBytes = credentials.validToken.utf8.count - 1
        #expect(refusals(of: credentials.validToken, by: settings) == ["too_long"])
    }

    @Test func `what is a credential without a session store is named, all of it`() throws {
        var configuration = try configuration(
            """
            issuers:
              - issuer: "https://id.example"
                audiences: [a]
                introspection: { endpoint: "https://id.example/i", client: { id: r, secret: s, method: basic } }
            tokens: { static: { file: tokens.yaml } }
            cookies: [{ name: other, ask: "https://id.example/me", claims: { user_id: id } }]

            """)
        let rest = "what an introspection endpoint knows and other servers' cookies"
        #expect(configuration.credentialsWithoutStore == "JWTs, API tokens, \(rest)")
        configuration.issuers[0].introspection = nil
        #expect(configuration.credentialsWithoutStore == "JWTs, API tokens and other servers' cookies")
        configuration.issuers = []
        #expect(configuration.credentialsWithoutStore == "API tokens and other servers' cookies")
        configuration.cookies = []
        #expect(configuration.credentialsWithoutStore == "API tokens")
        configuration.tokens.own = nil
        #expect(configuration.credentialsWithoutStore.isEmpty)
    }
}
