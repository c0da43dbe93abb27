import Fixtures
import KeySets
import NIOSSL
import Questions
import Testing
import Trust

@Suite(.enabled(if: TestCertificate.isAvailable, "the openssl command mints the certificates"), .timeLimit(.minutes(5)))
struct TLSTests {
    @Test func `a certificate that leads to no trusted root is refused`() async throws {
        let certificate = try TestCertificate(in: try TemporaryFolder())
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: certificate.context) { server in
            #expect(await fetch(server.url + "/jwks").failure == .request(.tls(.untrusted)))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a certificate whose root was given is trusted, for its host alone`() async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder)
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: certificate.context) { server in
            #expect(await fetch(server.url + "/jwks", trustRoots: certificate.path).kids == ["a"])
            let other = await fetch("https://127.0.0.1:\(server.port)/jwks", trustRoots: certificate.path)
            #expect(other.failure == .request(.tls(.wrongHost)))
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
            #expect(result.failure == (kids == nil ? .request(.tls(.handshake)) : nil))
        }
    }

    @Test func `a redirect from https to http is not followed, not even to a loopback host`() async throws {
        let folder = try TemporaryFolder()
        let certificate = try TestCertificate(in: folder)
        try await IssuerServer.serving(["/jwks": .keys("a")]) { plain in
            let pages = ["/jwks": Page.redirect(plain.url + "/jwks")]
            try await IssuerServer.serving(pages, tls: certificate.context) { server in
                let result = await fetch(server.url + "/jwks", trustRoots: certificate.path)
                #expect(result.failure == .request(.redirect(.insecure)))
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
            #expect(await fetch("https://localhost:\(server.port)/jwks").failure == .request(.tls(.handshake)))
        }
    }

    @Test func `the certificates to trust are read again when their file changes`() async throws {
        let (authority, other) = (try CertificateAuthority(), try CertificateAuthority())
        let context = try authority.issue("server", for: "DNS:localhost").serverContext()
        let file = authority.folder + "/trusted.pem"
        try authority.copy(other.certificate, to: file, secondsAgo: 100)
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: context) { server in
            let fetcher = KeyFetcher.patient()
            let source = KeySource(
                issuer: "i", location: .uri(server.url + "/jwks"),
                trusting: .file(NamedFile(file, key: "issuers[0].tls.ca_file")))
            #expect(await fetcher.fetchOnce([source])[0].failure == .request(.tls(.untrusted)))
            try authority.copy(authority.certificate, to: file, secondsAgo: 90)
            #expect(await fetcher.fetchOnce([source])[0].kids == ["a"])
            try authority.copy(other.certificate, to: file, secondsAgo: 80)
            #expect(await fetcher.fetchOnce([source])[0].failure == .request(.tls(.untrusted)))
            await fetcher.shutdown()
        }
    }

    @Test func `each issuer's server is vouched for by its own certificates`() async throws {
        let authorities = [try CertificateAuthority(), try CertificateAuthority()]
        let contexts = try authorities.map { try $0.issue("server", for: "DNS:localhost").serverContext() }
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: contexts[0]) { first in
            try await IssuerServer.serving(["/jwks": .keys("b")], tls: contexts[1]) { second in
                let sources = [(first, 0), (second, 1), (first, 1)].map { server, number in
                    KeySource(
                        issuer: "i", location: .uri(server.url + "/jwks"),
                        trusting: .file(NamedFile(authorities[number].certificate, key: "issuers[0].tls.ca_file")))
                }
                let fetcher = KeyFetcher.patient()
                let results = await fetcher.fetchOnce(sources)
                await fetcher.shutdown()
                #expect(results.map(\.kids) == [["a"], ["b"], nil])
                #expect(results[2].failure == .request(.tls(.untrusted)))
            }
        }
    }

    @Test func `without certificates to trust nothing is fetched, and the reason names the file`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("a")]) { server in
            let failure = await fetch("https://localhost:\(server.port)/jwks", trustRoots: "/none.pem").failure
            let words = failure.map { "\($0)" } ?? ""
            #expect(
                words.hasPrefix("there are no certificates to trust: /none.pem (tls.ca_file) can't be read: no such"))
            #expect(failure?.result == .tls)
            #expect(
                await fetch(server.url + "/jwks", trustRoots: "/none.pem").kids == ["a"], "without TLS none are needed")
        }
    }
}
