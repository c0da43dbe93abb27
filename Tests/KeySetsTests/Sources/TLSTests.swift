import KeySets
import NIOSSL
import Testing

@Suite(.enabled(if: TestCertificate.isAvailable, "the openssl command mints the certificates"), .timeLimit(.minutes(5)))
struct TLSTests {
    @Test func `a certificate that leads to no trusted root is refused`() async throws {
        let certificate = try TestCertificate(in: try TemporaryFolder())
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: certificate.context) { server in
            #expect(await fetch(server.url + "/jwks").failure == .tls(.untrusted))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a certificate whose root was given is trusted, for its host alone`() async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder)
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: certificate.context) { server in
            #expect(await fetch(server.url + "/jwks", trustRoots: certificate.path).kids == ["a"])
            let other = await fetch("https://127.0.0.1:\(server.port)/jwks", trustRoots: certificate.path)
            #expect(other.failure == .tls(.wrongHost))
            #expect(server.requests == ["/jwks"])
        }
    }

    @Test(arguments: [(TLSVersion.tlsv11, nil), (.tlsv12, ["a"])] as [(TLSVersion, [String]?)])
    func `versions of TLS that RFC 8996 deprecates are not spoken`(newest: TLSVersion, kids: [String]?) async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder, newest: newest)
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: certificate.context) { server in
            let result = await fetch(server.url + "/jwks", trustRoots: certificate.path)
            #expect(result.kids == kids)
            #expect(result.failure == (kids == nil ? .tls(.handshake) : nil))
        }
    }

    @Test func `a redirect from https to http is not followed, not even to a loopback host`() async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder)
        try await IssuerServer.serving(["/jwks": .keys("a")]) { plain in
            let pages = ["/jwks": Page.redirect(plain.url + "/jwks")]
            try await IssuerServer.serving(pages, tls: certificate.context) { server in
                let result = await fetch(server.url + "/jwks", trustRoots: certificate.path)
                #expect(result.failure == .redirect(.insecure))
                #expect(plain.requests.isEmpty)
            }
        }
    }

    @Test func `a secure discovery document does not lead to a jwks_uri without TLS`() async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder)
        try await IssuerServer.serving(["/jwks": .keys("a")]) { plain in
            try await IssuerServer.serving(tls: certificate.context) { server in
                server.set(
                    "/.well-known/openid-configuration",
                    .answer(200, [:], #"{"issuer":"\#(server.url)","jwks_uri":"\#(plain.url)/jwks"}"#))
                let source = KeySource(issuer: server.url, location: .discovery)
                #expect(await fetch(source, trustRoots: certificate.path).failure == .url(.insecure))
                #expect(plain.requests.isEmpty)
            }
        }
    }

    @Test func `http from loopback may lead to https`() async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder)
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: certificate.context) { server in
            try await IssuerServer.serving(["/jwks": .redirect(server.url + "/jwks")]) { plain in
                #expect(await fetch(plain.url + "/jwks", trustRoots: certificate.path).kids == ["a"])
            }
        }
    }

    @Test func `a server that speaks no TLS is no secure issuer`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("a")]) { server in
            #expect(await fetch("https://localhost:\(server.port)/jwks").failure == .tls(.handshake))
        }
    }
}
