import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Files of certificates that are not there, or come later.
    @Suite struct TrustTests {
        @Test func `without certificates to trust it starts, says so, and looks again`() throws {
            let file = try Scratch.directory() + "/ca.pem"
            let resolver = try ResolverServer(
                """
                issuers:
                  - issuer: "\(Mint.issuer)"
                    audiences: ["\(Mint.audience)"]
                    jwks_uri: "https://localhost:\(FreePort.take())/jwks"
                sessions: { store: redis, app_id: a, redis: { url: "rediss://127.0.0.1:\(FreePort.take())" } }
                tls: { ca_file: "\(file)" }
                """)
            let words = "there are no certificates to trust: \(file) (tls.ca_file) can't be read: no such file"
            try untilReadyz(of: resolver) { $0.components(separatedBy: words).count == 3 }
            #expect(resolver.process.output.components(separatedBy: "there are no certificates to trust").count >= 3)
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=a.b").status == 503)
            try Scratch.write(Self.certificate, to: file)
            try untilReadyz(of: resolver) { !$0.contains("certificates") && $0.contains("connection refused") }
        }

        private func untilReadyz(of resolver: ResolverServer, _ isRight: (String) -> Bool) throws {
            _ = try eventually("/readyz to tell of the certificates; the resolver wrote:\n\(resolver.process.output)") {
                let response = try HTTPConnection.get(resolver.admin, "/readyz")
                guard response.status == 503, response.body.hasPrefix("unavailable\n"), isRight(response.body) else {
                    throw WireError.closed(after: response.description)
                }
                return true
            }
        }

        /// Any certificate will do: nobody is met who would need it.
        private static let certificate = """
            -----BEGIN CERTIFICATE-----
            MIIBUzCB+qADAgECAhRCggP9pEuMwrU7gtgdi6hEIts5STAKBggqhkjOPQQDAjAP
            MQ0wCwYDVQQDDARUZXN0MCAXDTI2MTEyNzA3NTExNVoYDzIxMjYxMTAzMDc1MTE1
            WjAPMQ0wCwYDVQQDDARUZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElnRh
            JeRBh8WeEqXhZEsfZhjZmr6tBkoDMwvMy7bxB07m6y+/2pX2PA4/jUyq8aeGc2Bc
            wJvFp14Jj4zul131QqMyMDAwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUymuy
            4jnb+Qc2CvS+qQYq3yh8BKcwCgYIKoZIzj0EAwIDSAAwRQIhAKMEQUEyT8NZ2b0k
            5N5120Nkn/fpJ6Rd0oS18IhV2DpXAiAELDxwD+qiB4gUtsdIZ5vnE6vGOtnoYKET
            c1VTQEdilw==
            -----END CERTIFICATE-----
            """
    }
}
