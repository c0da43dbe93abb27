import Authentication
import Bytes
import Fixtures
import Testing

struct CookieCredentialsTests {
    private static let names: [CredentialKind: String] = [
        .appSession: "app_session", .appAccessToken: "app_access_token", .session: "session",
    ]

    private static func found(in cookies: [String]) -> [String] {
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: cookies)
        var credentials = CookieCredentials(
            in: request.fields.cookies, named: CookieNames(prefix: ""), of: head.span.bytes)
        var found: [String] = []
        while let (kind, value) = credentials.next() {
            found.append("\(kind) \(String(decoding: head[value.range], as: UTF8.self))")
        }
        return found
    }

    @Test func `each kind but the two of fields is a cookie, and they come in the order of the kinds`() {
        let kinds = Array(CredentialKind.allCases.dropFirst(2))
        #expect(CredentialKind.allCases.prefix(2) == [.bearer, .apiToken])
        let cookies = kinds.reversed().map { "\(Self.names[$0] ?? "")=of-\($0)" }
        #expect(Self.found(in: cookies) == kinds.map { "\($0) of-\($0)" })
    }

    @Test func `of one kind they come as they stand, the first four`() {
        let cookies = (1...5).map { "session=\($0)" } + ["app_session=a"]
        #expect(Self.found(in: cookies) == ["appSession a"] + (1...4).map { "session \($0)" })
    }
}
