import Fixtures
import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// Reloads while requests come. `RELOADS` says how many, `RATE` how many requests a second come meanwhile.
    @Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
    struct ReloadLoadTests {
        @Test func `no request fails, none is answered by an old policy, and a wrong file changes nothing`() throws {
            let stage = try ReloadStage()
            let load = PacedLoad(
                stage.resolver.ipv4, rate: Program.rounds("RATE", default: 500), clients: 16,
                requests: try stage.stableRequests())
            defer { _ = load.stop() }
            var (done, refused) = (0, 0)
            for number in 0..<Program.rounds("RELOADS", default: 12) {
                let before = load.answered
                let change = ReloadStage.Change.allCases[number % ReloadStage.Change.allCases.count]
                let outcome = try stage.make(change)
                if change == .wrongFile {
                    #expect(outcome.status == 1 && outcome.output.contains("issuers[0].audiences"), "\(outcome)")
                    refused += 1
                } else {
                    #expect(outcome.status == 0, "\(change): \(outcome)")
                    done += 1
                }
                try stage.expectPolicy(after: "\(change), reload \(number)")
                try stage.finish(change)
                _ = try eventually("requests to come") { load.answered >= before + 200 ? true : nil }
            }
            let (seen, rate) = load.stop()
            print(
                "reloads: \(done) and \(refused) refused; \(seen.values.reduce(0, +)) requests, \(Int(rate)) a second")
            #expect(
                Set(seen.keys) == ["200 "],
                "\(seen); the resolver wrote:\n\(stage.resolver.process.output.suffix(2_000))")
            #expect(try stage.resolver.metric("config_reloads_total", #"result="done""#) == Double(done))
            #expect(try stage.resolver.metric("config_reloads_total", #"result="refused""#) == Double(refused))
            #expect(try stage.resolver.metric("config_generation") == Double(1 + done))
        }
    }
}

/// A resolver whose policy changes, with Redis over TLS and an issuer, and credentials that each rest on a part of the policy.
private final class ReloadStage {
    enum Change: CaseIterable {
        case issuerAdded, audienceRemoved, algorithmRemoved, password, certificate, wrongFile
        /// What was taken away is there again.
        case restored
    }

    let resolver: ResolverServer
    private let redis: RedisServer
    private let port: UInt16
    private let issuer: IssuerServer
    private let authority: CertificateAuthority
    private let session = StoredSession(id: "reload", user: "u-reload")
    private let curveKey: SigningKey
    // The policy.
    private var hasOtherIssuer = false
    private var hasOtherAudience = true
    private var hasOtherAlgorithm = true
    private var password = 0
    private var certificate: CertificateAuthority.Issued
    private var certificates = 0

    init() throws {
        authority = try CertificateAuthority()
        let server = try authority.issue("server", for: "IP:127.0.0.1")
        port = try FreePort.take()
        redis = try RedisServer(settings: [
            "--tls-port", "\(port)", "--tls-cert-file", server.certificate, "--tls-key-file", server.key,
            "--tls-ca-cert-file", authority.certificate,
        ])
        try redis.command("ACL", "SETUSER", "resolver", "on", ">password-0", "~*", "&*", "+@all")
        try redis.add(session)
        try redis.add(StoredUser(id: session.user))
        certificate = try authority.issue("client-0", for: "DNS:client")
        curveKey = try SigningKey(generating: .es256, kid: "k2")
        issuer = try IssuerServer(keys: Mint.keySet([Mint.key.get(), curveKey]))
        resolver = try ResolverServer(
            Self.configuration(
                keysURL: issuer.keysURL, port: port, authority: authority, certificate: certificate, password: 0,
                otherIssuer: false, otherAudience: true, otherAlgorithm: true), control: true)
        try resolver.becomeReady()
    }

    private static func configuration(
        keysURL: String, port: UInt16, authority: CertificateAuthority, certificate: CertificateAuthority.Issued,
        password: Int, otherIssuer: Bool, otherAudience: Bool, otherAlgorithm: Bool, isWrong: Bool = false
    ) -> String {
        let audiences =
            isWrong ? "[]" : otherAudience ? #"["\#(Mint.audience)", "https://other.test"]"# : #"["\#(Mint.audience)"]"#
        let other =
            otherIssuer
            ? "\n  - { issuer: \"https://second.test\", audiences: [\"\(Mint.audience)\"], jwks_uri: \"\(keysURL)\" }"
            : ""
        return """
            issuers:
              - issuer: "\(Mint.issuer)"
                audiences: \(audiences)
                algorithms: \(otherAlgorithm ? "[RS256, ES256]" : "[RS256]")
                jwks_uri: "\(keysURL)"\(other)
            sessions:
              store: redis
              app_id: my-project
              redis:
                url: "rediss://resolver:password-\(password)@127.0.0.1:\(port)/0"
                tls: { ca_file: "\(authority.certificate)", cert_file: "\(certificate.certificate)", key_file: "\(certificate.key)" }

            """
    }

    /// What is valid whatever the policy: a session, a token; and a stranger.
    func stableRequests() throws -> [String] {
        [
            "/require HTTP/1.1\r\nCookie: session=\(session.cookie)",
            "/require HTTP/1.1\r\nAuthorization: Bearer \(try Mint.token())", "/resolve HTTP/1.1\r\nX-Nothing: here",
        ].map { "GET \($0)\r\nHost: test\r\n\r\n" }
    }

    /// Changes the file, has it read, and says what came of it.
    func make(_ change: Change) throws -> (status: Int32, output: String) {
        switch change {
        case .issuerAdded: hasOtherIssuer = true
        case .audienceRemoved: hasOtherAudience = false
        case .algorithmRemoved: hasOtherAlgorithm = false
        case .password:
            password += 1
            try redis.command("ACL", "SETUSER", "resolver", ">password-\(password)")
        case .certificate:
            certificates += 1
            certificate = try authority.issue("client-\(certificates)", for: "DNS:client")
        case .wrongFile: break
        case .restored: (hasOtherIssuer, hasOtherAudience, hasOtherAlgorithm) = (false, true, true)
        }
        try resolver.rewrite(
            Self.configuration(
                keysURL: issuer.keysURL, port: port, authority: authority, certificate: certificate,
                password: password, otherIssuer: hasOtherIssuer, otherAudience: hasOtherAudience,
                otherAlgorithm: hasOtherAlgorithm, isWrong: change == .wrongFile))
        return try resolver.reload()
    }

    /// What can only be done when nobody needs the old one any more.
    func finish(_ change: Change) throws {
        if change == .password { try redis.command("ACL", "SETUSER", "resolver", "<password-\(password - 1)") }
    }

    /// Each credential is answered by the policy that was reported, on every worker, each time.
    func expectPolicy(after change: String) throws {
        let credentials: [(name: String, field: String, isValid: Bool)] = [
            ("session", "Cookie: session=\(session.cookie)", true),
            ("token", "Authorization: Bearer \(try Mint.token())", true),
            ("other audience", try bearer(["aud": Mint.quote("https://other.test")]), hasOtherAudience),
            ("other algorithm", try bearer([:], key: curveKey), hasOtherAlgorithm),
            ("other issuer", try bearer(["iss": Mint.quote("https://second.test")]), hasOtherIssuer),
        ]
        for _ in 0..<4 {
            let connection = try HTTPConnection(to: resolver.ipv4)
            for _ in 0..<5 {
                for (name, field, isValid) in credentials {
                    let status = try connection.get("/require", field).status
                    #expect(status == (isValid ? 200 : 401), "\(name) after \(change)")
                }
            }
        }
    }

    private var tokens: [String: String] = [:]

    /// The same each time, so that it is also answered from memory.
    private func bearer(_ changes: [String: String?], key: SigningKey? = nil) throws -> String {
        let name = "\(changes) \(key == nil)"
        let token = try tokens[name] ?? Mint.token(changes, key: key)
        tokens[name] = token
        return "Authorization: Bearer \(token)"
    }
}
