import EventLoop
import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// Keys change while requests run (contract section 5), counted at the issuer.
    @Suite struct KeyTests {
        @Test func `keys rotate under load, and no valid token is refused`() throws {
            let old = try Mint.key.get()
            let new = try SigningKey(generating: .rs256, kid: "new")
            let issuer = try IssuerServer(keys: Mint.keySet([old]))
            let resolver = try resolver(issuer)
            let load = Load(resolver.ipv4, fields: ["old": "Authorization: Bearer \(try Mint.token(key: old))"])
            try load.waitForMore()

            issuer.publish(Mint.keySet([old, new]))
            let rotated = Load(
                resolver.ipv4,
                fields: try [
                    "new 1": "Authorization: Bearer \(Mint.token(key: new))",
                    "new 2": "Authorization: Bearer \(Mint.token(["sub": Mint.quote("u2")], key: new))",
                ])
            try rotated.waitForMore()
            try load.waitForMore()

            let (first, second) = (load.stop(), rotated.stop())
            #expect(Set(first.keys) == ["old 200 true"], "\(first)")
            #expect(Set(second.keys) == ["new 1 200 true", "new 2 200 true"], "\(second)")
            #expect(issuer.fetches == 2)
        }

        @Test func `a flood of random kids costs the issuer one fetch, and the others nothing`() throws {
            let key = try Mint.key.get()
            let issuer = try IssuerServer(keys: Mint.keySet())
            let resolver = try resolver(issuer)
            let load = Load(resolver.ipv4, fields: ["valid": "Authorization: Bearer \(try Mint.token())"])
            let flood = try (0..<300).map { number in try Mint.token(key: key.using(.rs256, kid: "random-\(number)")) }
            for token in flood {
                let response = try HTTPConnection.get(resolver.unix, "/resolve", "Authorization: Bearer \(token)")
                // Invalid when it was looked for, unknown when that was not possible yet; never valid.
                #expect(response.status == 503 || response.identity == ["session-valid: false"], "\(response)")
            }
            let seen = load.stop()
            #expect(Set(seen.keys) == ["valid 200 true"], "\(seen)")
            #expect(issuer.fetches <= 2)
        }

        @Test func `the last good keys serve while the issuer is gone`() throws {
            let token = "Authorization: Bearer \(try Mint.token())"
            var issuer: IssuerServer? = try IssuerServer(keys: Mint.keySet())
            let resolver = try resolver(try #require(issuer))
            let (address, stranger) = try (#require(issuer).address, Mint.key.get().using(.rs256, kid: "other"))
            issuer?.stop()
            issuer = nil
            _ = try eventually("the issuer to be gone") { (try? Socket.connect(to: address)) == nil ? true : nil }
            for _ in 0..<20 { #expect(try HTTPConnection.get(resolver.ipv4, "/require", token).status == 200) }
            // What the issuer could not be asked about is not invalid.
            let other = "Authorization: Bearer \(try Mint.token(key: stranger))"
            #expect(try HTTPConnection.get(resolver.ipv4, "/require", other).status == 503)
        }

        @Test func `keys from a file, and a new file`() throws {
            let directory = try Scratch.directory()
            let new = try SigningKey(generating: .es256, kid: "new")
            try Scratch.write(Mint.keySet(), to: "\(directory)/jwks.json")
            let resolver = try ResolverServer(
                """
                issuers:
                  - issuer: "\(Mint.issuer)"
                    audiences: ["\(Mint.audience)"]
                    algorithms: [RS256, ES256]
                    jwks_file: "\(directory)/jwks.json"
                sessions: { store: none }
                """)
            try resolver.becomeReady()
            let (first, second) = try (
                "Authorization: Bearer \(Mint.token())", "Authorization: Bearer \(Mint.token(key: new))"
            )
            #expect(try HTTPConnection.get(resolver.ipv4, "/require", first).status == 200)
            try Scratch.write(Mint.keySet([new]), to: "\(directory)/jwks.json")
            _ = try eventually("the new key to be valid") {
                try HTTPConnection.get(resolver.ipv4, "/require", second).status == 200 ? true : nil
            }
            #expect(try HTTPConnection.get(resolver.ipv4, "/require", first).status != 200)
        }

        @Test(arguments: [
            ("HTML", "<html></html>"), ("no keys", #"{"keys":[]}"#),
            ("a key that can't be used", #"{"keys":[{"kty":"oct","k":"AA"}]}"#),
            ("a large document", #"{"keys":[],"x":""# + String(repeating: "x", count: 600_000) + #""}"#),
        ])
        func `an issuer that serves no key set`(_ description: String, _ document: String) throws {
            let issuer = try IssuerServer(keys: document)
            let resolver = try ResolverServer(Self.configuration(issuer))
            _ = try eventually("the issuer to be asked") { issuer.fetches > 0 ? true : nil }
            let token = "Authorization: Bearer \(try Mint.token())"
            let response = try HTTPConnection.get(resolver.ipv4, "/require", token)
            #expect(response.status == 503, "\(description)")
            #expect(response.identity == ["resolver-error: keys_not_loaded"])
            _ = try eventually("/readyz to say why") {
                let page = try HTTPConnection.get(resolver.admin, "/readyz")
                return page.status == 503 && page.body.hasPrefix("unavailable\nissuer \(Mint.issuer): ") ? true : nil
            }
        }

        private func resolver(_ issuer: IssuerServer) throws -> ResolverServer {
            let resolver = try ResolverServer(Self.configuration(issuer))
            try resolver.becomeReady()
            return resolver
        }

        private static func configuration(_ issuer: IssuerServer) -> String {
            """
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
            sessions: { store: none }
            """
        }
    }
}
