import AuthgearResolver
import Bytes
import EventLoop
import Fixtures
import Foundation
import JOSE
import Testing
import Worker

@Suite struct DemoTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let credentials = Result { try DemoCredentials(now: now) }

    /// What `inspect` would say of a token, on the demo's terms.
    private func verdict(on token: String, at moment: Timestamp = now) throws -> String {
        let issuer = TrustedIssuer(
            identifier: DemoCredentials.issuer, audiences: [DemoCredentials.audience],
            algorithms: AlgorithmSet([.rs256]), leeway: .seconds(10))
        let jwks = try Self.credentials.get().jwks
        let inspection = Inspection(keys: try KeySet(jwks: jwks.span.bytes), scope: .everything(issuer))
        return inspection.report(on: Array(token.utf8).span.bytes, now: moment).text
    }

    @Test func `each token is what it is called`() throws {
        let credentials = try Self.credentials.get()
        #expect(try verdict(on: credentials.validToken) == "valid\n")
        #expect(try verdict(on: credentials.validToken, at: Self.now + .seconds(11 * 3_600)) == "valid\n")
        #expect(try verdict(on: credentials.expiredToken) == "invalid expired\n")
        #expect(try verdict(on: credentials.forgedToken) == "invalid signature_wrong\n")
    }

    @Test func `the store knows the valid cookie and not the revoked one`() throws {
        let credentials = try Self.credentials.get()
        let records = try #require(
            JSONSerialization.jsonObject(with: Data(credentials.recordsFile)) as? [String: [String: Any]])
        let id = try #require(credentials.validCookie.split(separator: ".").first)
        let session = try #require(records["app:demo:session:\(id)"])
        let hash = credentials.validCookie.sha256
        #expect(session["token_hash"] as? String == hash)
        #expect(session["created_at"] as? String == "2027-01-15T08:00:00.000Z")
        #expect(
            records["app:demo:userinfo:alice:__greatest__"]?["effective_role_keys"] as? [String] == [
                "stock.view", "stock.edit",
            ])
        let revoked = try #require(credentials.revokedCookie.split(separator: ".").first)
        #expect(records["app:demo:session:\(revoked)"] == nil)
    }

    @Test func `two demos share no secret`() throws {
        let (one, other) = (try Self.credentials.get(), try DemoCredentials(now: Self.now))
        #expect(one.jwks != other.jwks)
        #expect(one.validCookie != other.validCookie)
        #expect(one.opaqueToken != other.opaqueToken)
        #expect(one.appSession != other.appSession)
    }

    @Test(arguments: [
        ("127.0.0.1:4180", "http://127.0.0.1:4180/resolve"), ("0.0.0.0:80", "http://127.0.0.1:80/resolve"),
        ("[::]:1", "'http://[::1]:1/resolve'"), ("[2001:db8::1]:1", "http://[2001:db8::1]:1/resolve"),
        ("unix:/tmp/a.sock", "--unix-socket '/tmp/a.sock' "),
    ])
    func `each line asks where the demo listens, after a comment`(address: String, target: String) throws {
        let script = DemoScript(
            try Self.credentials.get(), on: try ListenAddress(address), admin: try ListenAddress("127.0.0.1:4181"),
            authgearPort: 4_182)
        let lines = script.text.split(separator: "\n", omittingEmptySubsequences: false)
        let commands = lines.indices.filter { lines[$0].hasPrefix("curl ") }
        #expect(commands.count == 11)
        #expect(commands.allSatisfy { lines[$0 - 1].hasPrefix("# ") })
        let others = commands.filter { !lines[$0].contains(target) }.map { lines[$0] }
        #expect(others.count == 1)
        #expect(others.allSatisfy { $0.hasSuffix(" http://127.0.0.1:4182/oauth2/revoke") })
    }

    @Test(arguments: [
        ("127.0.0.1:4180", "127.0.0.1:4181"), ("0.0.0.0:80", "127.0.0.1:81"), ("[::1]:65535", "127.0.0.1:65534"),
        ("127.0.0.1:0", "127.0.0.1:0"), ("unix:/tmp/a.sock", "127.0.0.1:4181"),
    ])
    func `the operator is answered beside the gateway, on loopback`(address: String, neighbour: String) throws {
        #expect(try ListenAddress(address).neighbour == ListenAddress(neighbour))
    }
}
