import Fixtures
import KeySets
import NIOCore
import Questions
import Testing

/// What is fetched by a proxy, over real sockets.
@Suite(
    .enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"),
    .timeLimit(.minutes(5)))
struct ProxyTests {
    private func rules(_ url: String, bypass: String = "") throws -> ProxyRules {
        ProxyRules(configured: try ProxyAddress(url)) { $0 == "NO_PROXY" ? bypass : nil }
    }

    /// A secure server for `issuer.test` with keys.
    private func withIssuer(_ body: (IssuerServer, CertificateAuthority) async throws -> Void) async throws {
        let authority = try CertificateAuthority()
        let context = try authority.issue("server", for: "DNS:issuer.test").serverContext()
        try await IssuerServer.serving(["/jwks": .keys("a")], tls: context) { server in
            try await body(server, authority)
        }
    }

    @Test func `keys are fetched through a tunnel, in which TLS is the issuer's`() async throws {
        try await withIssuer { server, authority in
            try await TunnelProxy.serving(.tunnel(to: server.port)) { proxy in
                let rules = try rules("http://gate:p%40ss:w@127.0.0.1:\(proxy.port)")
                let url = "https://issuer.test/jwks"
                #expect(await fetch(url, trustRoots: authority.certificate, proxies: rules).kids == ["a"])
                let head = try #require(proxy.requests.first)
                #expect(head.hasPrefix("CONNECT issuer.test:443 HTTP/1.1\r\n"))
                // gate:p@ss:w
                #expect(head.contains("proxy-authorization: Basic Z2F0ZTpwQHNzOnc=\r\n"))
                #expect(server.values(of: "proxy-authorization") == [[]])
                #expect(server.requests == ["/jwks"])
                #expect(await fetch(url, proxies: rules).failure == .request(.tls(.untrusted)))
            }
        }
    }

    @Test func `discovery and redirects go by the proxy, too`() async throws {
        try await withIssuer { server, authority in
            server.set(
                "/.well-known/openid-configuration",
                .answer(200, [:], #"{"issuer":"https://issuer.test","jwks_uri":"https://issuer.test:8443/old"}"#))
            server.set("/old", .redirect("jwks"))
            try await TunnelProxy.serving(.tunnel(to: server.port)) { proxy in
                let source = KeySource(issuer: "https://issuer.test", location: .discovery)
                let rules = try rules("127.0.0.1:\(proxy.port)")
                #expect(await fetch(source, trustRoots: authority.certificate, proxies: rules).kids == ["a"])
                #expect(server.requests == ["/.well-known/openid-configuration", "/old", "/jwks"])
                let targets = Set(proxy.requests.map { $0.prefix { $0 != "\r\n" } })
                #expect(targets == ["CONNECT issuer.test:443 HTTP/1.1", "CONNECT issuer.test:8443 HTTP/1.1"])
            }
        }
    }

    @Test func `loopback is never asked by a proxy`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("a")]) { server in
            try await TunnelProxy.serving(.answer("HTTP/1.1 403 Forbidden\r\n\r\n")) { proxy in
                let rules = try rules("http://127.0.0.1:\(proxy.port)")
                #expect(await fetch(server.url + "/jwks", proxies: rules).kids == ["a"])
                #expect(
                    await fetch("https://localhost:\(server.port)/jwks", proxies: rules).failure
                        == .request(.tls(.handshake)))
                #expect(proxy.requests.isEmpty)
            }
        }
    }

    @Test(arguments: [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
            "wants a user and a password, or others (status 407): they stand in its URL"
        ),
        ("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", "did not open a tunnel to the host"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "did not open a tunnel to the host"),
    ])
    func `a proxy that opens no tunnel is named, without its password`(answer: String, words: String) async throws {
        try await TunnelProxy.serving(.answer(answer)) { proxy in
            let rules = try rules("http://gate:hunter2@127.0.0.1:\(proxy.port)")
            let failure = try #require(await fetch("https://issuer.test/jwks", proxies: rules).failure)
            #expect("\(failure)" == "the proxy 127.0.0.1:\(proxy.port) \(words)")
            #expect(failure.result == .proxy)
            #expect(!String(reflecting: failure).contains("hunter2"))
        }
    }

    @Test func `a proxy that nobody answers at is named`() async throws {
        var port = 0
        try await TunnelProxy.serving(.answer("")) { port = $0.port }
        let failure = await fetch("https://issuer.test/jwks", proxies: try rules("127.0.0.1:\(port)")).failure
        #expect(failure.map { "\($0)" } == "the proxy 127.0.0.1:\(port) can't be reached: connection refused")
    }

    @Test func `a proxy that says nothing costs the time of a fetch`() async throws {
        try await TunnelProxy.serving(.answer("")) { proxy in
            let rules = try rules("127.0.0.1:\(proxy.port)")
            #expect(
                await fetch("https://issuer.test/jwks", proxies: rules, limitedTo: .milliseconds(100)).failure
                    == .request(.timedOut))
        }
    }
}
