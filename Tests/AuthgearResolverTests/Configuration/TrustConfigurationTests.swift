import AuthgearResolver
import KeySets
import Questions
import Redis
import Testing
import Trust

/// Who vouches for which server, and by which proxy it is asked (contract section 5, "Trust").
@Suite struct TrustConfigurationTests {
    private static let issuers = """
        issuers:
          - { issuer: "https://a.example", audiences: [a] }
          - { issuer: "https://b.example", audiences: [b], tls: { ca_file: b.pem } }

        """

    private func redis(_ configuration: Configuration) throws -> RedisTLS {
        guard case .redis(let redis) = configuration.sessions.store else { throw NoRedis() }
        return redis.tls
    }

    private struct NoRedis: Error {}

    private func file(_ path: String, _ key: String) -> TrustAnchors {
        .file(NamedFile(path, key: key))
    }

    @Test func `the first that is there replaces the others`() throws {
        let store = "sessions: { store: redis, app_id: a, redis: { url: 'rediss://h' } }\n"
        let own = "sessions: { store: redis, app_id: a, redis: { url: 'rediss://h', tls: { ca_file: /r.pem } } }\n"
        let variable = ["SSL_CERT_FILE": "/env.pem"]
        let environmental = file("/env.pem", "SSL_CERT_FILE")
        let all = file("/etc/r/all.pem", "tls.ca_file")
        let second = file("/etc/r/b.pem", "issuers[1].tls.ca_file")
        for (sessions, forAll, environment, shared, forRedis) in [
            (store, "", [:], .system, .system), (store, "", variable, environmental, environmental),
            (store, "tls: { ca_file: all.pem }", variable, all, all), (store, "tls: {}", [:], .system, .system),
            (own, "tls: { ca_file: all.pem }", [:], all, file("/r.pem", "sessions.redis.tls.ca_file")),
            (own, "", ["SSL_CERT_FILE": ""], .system, file("/r.pem", "sessions.redis.tls.ca_file")),
        ] as [(String, String, [String: String], TrustAnchors, TrustAnchors)] {
            let read = try configuration(
                Self.issuers + sessions + forAll, path: "/etc/r/resolver.yaml", environment: environment)
            #expect(read.issuers.map(\.source.anchors) == [shared, second])
            #expect(try redis(read).anchors == forRedis)
        }
    }

    @Test func `a client certificate is read with its key and the server's name`() throws {
        let tls = try redis(try configuration(contractExample, path: "/etc/r/resolver.yaml"))
        #expect(tls.anchors == file("/etc/r/ca.pem", "sessions.redis.tls.ca_file"))
        #expect(
            tls.identity
                == ClientIdentity(
                    certificate: NamedFile("/etc/r/c.pem", key: "sessions.redis.tls.cert_file"),
                    key: NamedFile("/etc/r/k.pem", key: "sessions.redis.tls.key_file")))
        #expect(tls.serverName == "redis.internal")
    }

    @Test func `the configured proxy comes before the environment's`() throws {
        let environment = ["HTTPS_PROXY": "http://env:1", "no_proxy": "b.example"]
        for (text, place) in [("", "env:1"), ("http: { proxy: 'http://u:p@own:2' }", "own:2"), ("http: {}", "env:1")] {
            let rules = try configuration(Self.issuers + text, environment: environment).http.proxies
            #expect(try rules.proxy(for: FetchURL("https://a.example/")).map { "\($0)" } == place)
            #expect(try rules.proxy(for: FetchURL("https://b.example/")) == nil)
        }
        let rules = try configuration(Self.issuers).http.proxies
        #expect(try rules.proxy(for: FetchURL("https://a.example/")) == nil)
    }
}
