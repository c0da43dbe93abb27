import Authentication
import Fixtures
import NIOCore
import NIOPosix
import Redis
import Telemetry
import Testing
import Worker

@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Being let in by a real redis` {
    static let session = RecordReply.session(of: "u1")

    /// What `check` would say of a URL.
    static func probe(
        _ url: String, tls: TLSFiles = TLSFiles(), within timeout: Duration = .seconds(5)
    ) async throws -> StoreStatus {
        try await probe(RedisConfiguration(to: RedisAddress(url: url), connectTimeout: timeout, tls: tls))
    }

    static func probe(_ configuration: RedisConfiguration) async throws -> StoreStatus {
        await RecordReader.probe(
            configuration, asking: [RecordQuery(kind: .session, key: Array("s".utf8))],
            log: LimitedLog(TestLog().logger)
        ).status
    }

    static func with(_ credentials: String, _ server: RedisServer) -> String {
        server.url.replacing("unix://", with: "unix://\(credentials)@")
    }

    @Test func `a password lets in, another one or none doesn't`() async throws {
        let server = try await RedisServer(["--requirepass", "se cret/1"])
        try await server.cli("-a", "se cret/1", "SET", "s", Self.session)
        let store = try await TestStore(url: Self.with(":se%20cret%2F1", server))
        #expect(try await store.lookUp("s").summary == "found u1")
        let place = "redis at unix:\(server.socket)"
        #expect(try await Self.probe(Self.with(":se%20cret%2F1", server)) == .reachable)
        #expect(
            try await Self.probe(Self.with(":other", server))
                == .unreachable(reason: "\(place) refused AUTH: \(RedisErrorCode.wrongPassword.words)"))
        #expect(
            try await Self.probe(server.url)
                == .unreachable(reason: "\(place) refused PING: \(RedisErrorCode.noAuthentication.words)"))
    }

    @Test func `a password for a server without one is refused with words`() async throws {
        let server = try await RedisServer()
        guard case .unreachable(let reason) = try await Self.probe(Self.with(":secret", server)) else {
            Issue.record("it is reachable")
            return
        }
        #expect(reason.hasSuffix("refused AUTH: \(RedisErrorCode.noPasswordSet.words)"))
    }

    @Test func `a server with too many clients is told with what to do`() async throws {
        let server = try await RedisServer(["--maxclients", "1"])
        let first = try await TestStore(url: server.url)
        guard case .unreachable(let reason) = try await Self.probe(server.url) else {
            Issue.record("it is reachable")
            return
        }
        #expect(reason.hasSuffix(RedisErrorCode.tooManyClients.words))
        withExtendedLifetime(first) {}
    }

    @Test func `an ACL user sees its keys and is refused others`() async throws {
        let server = try await RedisServer(["--user", "resolver", "on", ">pw", "+get", "+ping", "+select", "~app:*"])
        try await server.cli("SET", "app:s", RecordReply.session(of: "u1", at: "app:s"))
        let store = try await TestStore(url: Self.with("resolver:pw", server))
        #expect(try await store.lookUp(["app:s", "other"]).map(\.summary) == ["found u1", "refused"])
        #expect(store.log.lines.contains { $0.contains("NOPERM") })
    }

    @Test func `a database is selected`() async throws {
        let server = try await RedisServer()
        try await server.cli("-n", "3", "SET", "s", Self.session)
        let third = try await TestStore(url: server.url + "?db=3")
        let first = try await TestStore(url: server.url)
        #expect(try await third.lookUp("s").summary == "found u1")
        #expect(try await first.lookUp("s").summary == "missing")
        guard case .unreachable(let reason) = try await Self.probe(server.url + "?db=16") else {
            Issue.record("it is reachable")
            return
        }
        #expect(reason.hasSuffix("refused SELECT: \(RedisErrorCode.databaseOutOfRange.words)"))
    }

    /// A server that speaks TLS alone, on a TCP port.
    static func tlsServer(_ certificates: Certificates) async throws -> (RedisServer, UInt16) {
        let port = try FreePort.take()
        let server = try await RedisServer([
            "--tls-port", "\(port)", "--bind", "127.0.0.1", "--tls-auth-clients", "no",
            "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
            "--tls-ca-cert-file", certificates.certificate,
        ])
        return (server, port)
    }

    @Test func `TLS verifies the certificate and its name`() async throws {
        let certificates = try await Certificates()
        let (server, port) = try await Self.tlsServer(certificates)
        try await server.cli("SET", "s", Self.session)
        let trusting = TLSFiles(trusting: certificates.certificate)
        let configuration = try RedisConfiguration(to: RedisAddress(url: "rediss://localhost:\(port)"), tls: trusting)
        let store = try await TestStore(configuration)
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(try await Self.probe("rediss://127.0.0.1:\(port)", tls: trusting) == .reachable)
        #expect(
            try await Self.probe("rediss://localhost:\(port)")
                == .unreachable(
                    reason:
                        "cannot speak TLS with redis at localhost:\(port): its certificate is not trusted, or has expired"
                ))
        #expect(
            try await Self.probe("rediss://localhost.localdomain:\(port)", tls: trusting) != .reachable)
    }

    @Test func `TLS and plain don't mix, and the reason says so`() async throws {
        let certificates = try await Certificates()
        let (server, port) = try await Self.tlsServer(certificates)
        let plain = try await Self.probe("redis://127.0.0.1:\(port)", within: .seconds(5))
        #expect("\(plain)".contains("does it want TLS (rediss://)?"))
        let plainPort = try FreePort.take()
        let other = try await RedisServer(["--port", "\(plainPort)", "--bind", "127.0.0.1"])
        let tls = try await Self.probe("rediss://127.0.0.1:\(plainPort)", within: .seconds(2))
        #expect("\(tls)".contains("did not answer within connect_timeout: does it speak TLS on this port?"))
        withExtendedLifetime((server, other)) {}
    }

    @Test func `a certificate for another name is refused`() async throws {
        let certificates = try await Certificates()
        let (server, port) = try await Self.tlsServer(certificates)
        let status = try await Self.probe(
            "rediss://127.0.0.2:\(port)", tls: TLSFiles(trusting: certificates.certificate))
        #expect(status != .reachable)
        withExtendedLifetime(server) {}
    }
}
