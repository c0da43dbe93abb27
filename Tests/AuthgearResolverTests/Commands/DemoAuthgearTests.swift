import Authentication
import AuthgearResolver
import Bytes
import HTTP1
import JOSE
import Logging
import Redis
import Telemetry
import Testing
import Worker

/// The demo's little Authgear, and what the demo's credentials come to with it.
@Suite struct DemoAuthgearTests {
    private let credentials: DemoCredentials
    private let records: MemoryRecords
    private let authgear: DemoAuthgear

    init() throws {
        credentials = try DemoCredentials(now: Self.now)
        records = MemoryRecords(entries: credentials.records)
        authgear = DemoAuthgear(credentials, revokingFrom: records)
    }

    private static let now = Timestamp(seconds: 1_800_000_000)

    private func ask(_ line: String, _ fields: String..., body: String = "") throws -> [String] {
        let head = Array((["\(line) HTTP/1.1", "Host: x"] + fields + ["", ""]).joined(separator: "\r\n").utf8)
        var parser = HeadParser()
        #expect(try parser.advance(over: head.span.bytes, limit: 4_096))
        let answer = authgear.answer(to: parser.head, in: head.span.bytes, body: Array(body.utf8))
        return String(decoding: answer, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    @Test func `without a credential it says nothing, and of another's that it is invalid`() throws {
        #expect(try ask("GET /_resolver/resolve") == ["HTTP/1.1 200 OK", "Content-Length: 0"])
        for field in ["Cookie: session=\(credentials.validCookie)", "Cookie: other=x", "Authorization: Bearer x"] {
            #expect(try ask("GET /_resolver/resolve", field).last == "x-authgear-session-valid: false")
        }
        #expect(try ask("GET /elsewhere").first == "HTTP/1.1 404 Not Found")
    }

    @Test func `it knows the user whose record is missing`() throws {
        let answer = try ask("GET /_resolver/resolve", "Cookie: session=\(credentials.newcomerCookie)")
        #expect(answer.contains("x-authgear-session-valid: true"))
        #expect(answer.contains("x-authgear-user-id: bob"))
        #expect(credentials.records.allSatisfy { !$0.key.contains("userinfo:bob") })
    }

    @Test func `it revokes the opaque token, and no other`() throws {
        let count = records.count
        #expect(try ask("POST /oauth2/revoke", body: "token=other").first == "HTTP/1.1 200 OK")
        #expect(try ask("GET /oauth2/revoke", body: "token=\(credentials.opaqueToken)").first?.contains("404") == true)
        #expect(records.count == count)
        #expect(try ask("POST /oauth2/revoke", body: "token=\(credentials.opaqueToken)").first == "HTTP/1.1 200 OK")
        #expect(records.count == count - 1)
    }

    @Test func `each credential is what it is called, and the revoked one no longer is`() async throws {
        let store = MemoryStore(records, log: LimitedLog(.init(label: "test")))
        var configuration = Configuration()
        configuration.sessions.appID = DemoCredentials.appID
        configuration.sessions.store = .memory(Configuration.Memory(file: "none"))
        let sources = InspectionSources(
            read: { (store.lookUp($0), nil) }, ask: { _ in (.unknown(.unreachable), nil) })
        let inspection = CredentialInspection(configuration, keySets: [], asking: sources)
        func verdict(_ credential: PresentedCredential) async -> String? {
            await inspection.report(on: credential, clock: { Self.now }).text.split(separator: "\n").first.map(
                String.init)
        }
        let token = PresentedCredential.token(Array(credentials.opaqueToken.utf8))
        let appSession = PresentedCredential(cookie: "app_session=\(credentials.appSession)")
        #expect(await verdict(token) == "valid")
        #expect(await verdict(try #require(appSession)) == "valid")
        let newcomer = PresentedCredential(cookie: "session=\(credentials.newcomerCookie)")
        #expect(await verdict(try #require(newcomer)) == "unknown user_missing")
        _ = try ask("POST /oauth2/revoke", body: "token=\(credentials.opaqueToken)")
        #expect(await verdict(token) == "invalid session_not_found")
        #expect(await verdict(try #require(appSession)) == "valid")
    }
}
