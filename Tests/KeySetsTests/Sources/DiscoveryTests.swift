import Bytes
import KeySets
import Questions
import Testing

struct DiscoveryTests {
    private static let path = "/.well-known/openid-configuration"

    private func document(_ issuer: String, _ uri: String) -> Page {
        .answer(200, [:], #"{"scopes_supported":["openid"],"issuer":"\#(issuer)","jwks_uri":"\#(uri)"}"#)
    }

    @Test(arguments: ["", "/", "/tenant", "/tenant/"])
    func `the issuer's own document leads to its keys`(suffix: String) async throws {
        try await IssuerServer.serving(["/keys": .keys("a")]) { server in
            let issuer = server.url + suffix
            let place = (suffix.hasSuffix("/") ? String(suffix.dropLast()) : suffix) + Self.path
            server.set(place, document(issuer, server.url + "/keys"))
            #expect(await fetch(KeySource(issuer: issuer, location: .discovery)).kids == ["a"])
            #expect(server.requests == [place, "/keys"])
        }
    }

    @Test func `a document of another issuer is refused`() async throws {
        try await IssuerServer.serving { server in
            for other in ["https://issuer.test", server.url + "/", server.url.uppercased(), ""] {
                server.set(Self.path, document(other, server.url + "/keys"))
                #expect(
                    await fetch(KeySource(issuer: server.url, location: .discovery)).failure?.result == .issuerMismatch)
            }
            #expect(!server.requests.contains("/keys"))
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{}", #"{"issuer":"ISSUER"}"#, #"{"jwks_uri":"https://issuer.test/keys"}"#,
        #"{"issuer":1,"jwks_uri":"https://issuer.test/keys"}"#, #"{"issuer":"ISSUER","jwks_uri":["/keys"]}"#,
        #"{"issuer":"ISSUER","jwks_uri":"https://issuer.test/keys","jwks_uri":"https://issuer.test/keys"}"#,
        #"{"issuer":"ISSUER","jwks_uri":"https://issuer.test/keys","issuer":"ISSUER"}"#,
        #"{"issuer":"ISSUER","jwks_uri":"https://issuer.test/keys","issu\u0065r":1}"#,
        #"{"issuer":"ISSUER","jwks_uri":"https://issuer.test/keys"} <html>"#,
    ])
    func `what is no discovery document is refused`(text: String) async throws {
        try await IssuerServer.serving { server in
            server.set(Self.path, .answer(200, [:], text.replacing("ISSUER", with: server.url)))
            #expect(await fetch(KeySource(issuer: server.url, location: .discovery)).failure == .notDiscovery)
        }
    }

    @Test(
        arguments: [
            ("http://issuer.test/keys", .url(.insecure)), ("/keys", .url(.malformed)), ("", .url(.malformed)),
            ("file:///etc/passwd", .url(.malformed)), ("http://127.0.0.1:80@issuer.test/", .url(.malformed)),
        ] as [(String, FetchFailure)])
    func `a jwks_uri that must not be fetched is not`(uri: String, failure: FetchFailure) async throws {
        try await IssuerServer.serving { server in
            server.set(Self.path, document(server.url, uri))
            #expect(await fetch(KeySource(issuer: server.url, location: .discovery)).failure == failure)
        }
    }

    @Test func `doubled members that nobody reads cost a document nothing`() throws {
        let text =
            #"{"a":1,"issuer":"https://i.test","a":{"b":1,"b":2,"issuer":"x"},"jwks_uri":"https://i.test/k","a":0}"#
        let json = Array(text.utf8)
        #expect(try DiscoveryDocument(json.span.bytes, expecting: "https://i.test").keySetURI == "https://i.test/k")
    }

    @Test func `escapes in the document are resolved`() throws {
        let json = Array(#"{"issuer":"https:\/\/issuer.test","jwks_uri":"https:\u002f/issuer.test/keys"}"#.utf8)
        let uri = try DiscoveryDocument(json.span.bytes, expecting: "https://issuer.test").keySetURI
        #expect(uri == "https://issuer.test/keys")
    }
}
