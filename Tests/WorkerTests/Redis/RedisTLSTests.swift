import Authentication
import Fixtures
import Foundation
import Redis
import Testing
import Trust
import Worker

/// TLS with a real redis, whose certificates a private authority made.
@Suite(
    .enabled(if: RedisServer.isInstalled, RedisServer.whyNot),
    .enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"),
    .timeLimit(.minutes(5)))
struct RedisTLSTests {
    private typealias Access = `Being let in by a real redis`

    /// A server for the name `redis.internal` that, as it is redis's default, asks who its clients are.
    private func server(
        of authority: CertificateAuthority, _ arguments: [String] = []
    ) async throws -> (RedisServer, port: UInt16) {
        let own = try authority.issue("server", for: "DNS:redis.internal")
        let port = try FreePort.take()
        let server = try await RedisServer(
            [
                "--tls-port", "\(port)", "--bind", "127.0.0.1", "--tls-cert-file", own.certificate,
                "--tls-key-file", own.key, "--tls-ca-cert-file", authority.certificate,
            ] + arguments)
        return (server, port)
    }

    private func tls(
        _ authority: CertificateAuthority, as client: CertificateAuthority.Issued? = nil,
        name: String? = "redis.internal"
    ) -> TLSFiles {
        var tls = TLSFiles(trusting: authority.certificate)
        tls.serverName = name
        tls.identity = client.map {
            ClientIdentity(
                certificate: NamedFile($0.certificate, key: "sessions.redis.tls.cert_file"),
                key: NamedFile($0.key, key: "sessions.redis.tls.key_file"))
        }
        return tls
    }

    @Test func `a client certificate lets in, none or a stranger's doesn't`() async throws {
        let authority = try CertificateAuthority()
        let (server, port) = try await server(of: authority)
        try await server.cli("SET", "s", Access.session)
        let url = "rediss://127.0.0.1:\(port)"
        let client = try authority.issue("client", for: "DNS:resolver")
        let store = try await TestStore(RedisConfiguration(to: RedisAddress(url: url), tls: tls(authority, as: client)))
        #expect(try await store.lookUp("s").summary == "found u1")
        let none = "\(try await Access.probe(url, tls: tls(authority)))"
        #expect(none.contains("it wants a client certificate: name one with sessions.redis.tls.cert_file"), "\(none)")
        let strangers = try CertificateAuthority()
        let stranger = try strangers.issue("stranger", for: "DNS:resolver")
        let foreign = "\(try await Access.probe(url, tls: tls(authority, as: stranger)))"
        #expect(foreign.contains("it does not trust the client certificate"), "\(foreign)")
        withExtendedLifetime((server, strangers)) {}
    }

    @Test func `the server's certificate must be for server_name, or else for the URL's host`() async throws {
        let authority = try CertificateAuthority()
        let (server, port) = try await server(of: authority, ["--tls-auth-clients", "no"])
        let url = "rediss://127.0.0.1:\(port)"
        #expect(try await Access.probe(url, tls: tls(authority)) == .reachable)
        for (url, name) in [(url, nil), (url, "other.internal"), ("rediss://localhost:\(port)", nil)] {
            let status = "\(try await Access.probe(url, tls: tls(authority, name: name)))"
            #expect(status.contains("its certificate is for another host name"), "\(status)")
        }
        withExtendedLifetime(server) {}
    }

    @Test func `certificates are read again when a connection is made`() async throws {
        let (authority, other) = (try CertificateAuthority(), try CertificateAuthority())
        let (server, port) = try await server(of: authority, ["--tls-auth-clients", "no"])
        let file = authority.folder + "/trusted.pem"
        try authority.copy(other.certificate, to: file, secondsAgo: 100)
        var tls = TLSFiles(trusting: file)
        tls.serverName = "redis.internal"
        let configuration = try RedisConfiguration(to: RedisAddress(url: "rediss://127.0.0.1:\(port)"), tls: tls)
        #expect("\(try await Access.probe(configuration))".contains("its certificate is not trusted"))
        try authority.copy(authority.certificate, to: file, secondsAgo: 90)
        #expect(try await Access.probe(configuration) == .reachable)
        withExtendedLifetime(server) {}
    }

    @Test func `without certificates to trust a store starts, and says so`() async throws {
        let address = try RedisAddress(url: "rediss://user:hunter2@127.0.0.1:1")
        let configuration = RedisConfiguration(to: address, tls: TLSFiles(trusting: "/none.pem"))
        let store = try await TestStore(configuration)
        guard case .unreachable(let reason) = try await store.status else {
            Issue.record("it is reachable")
            return
        }
        let words = "there are no certificates to trust: /none.pem (tls.ca_file) can't be read: no such file"
        #expect(reason.hasPrefix("cannot speak TLS with redis at 127.0.0.1:1: \(words)"), "\(reason)")
        #expect(store.log.lines.contains { $0.contains(words) })
        #expect(!store.log.lines.contains { $0.contains("hunter2") })
    }
}
