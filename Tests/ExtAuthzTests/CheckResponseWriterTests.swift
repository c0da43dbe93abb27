import Bytes
import ExtAuthz
import Fixtures
import Testing

@Suite struct CheckResponseWriterTests {
    private static func words(_ lines: String, own: [String] = [], spelled: String = "") -> [String] {
        var writer = CheckResponseWriter()
        let lines = Array((lines + "Date: now\r\n\r\n").utf8)
        var response: [UInt8] = []
        for _ in 0..<2 {
            response = writer.response(to: lines.span.bytes, own: OwnNames(own), spelled: Array(spelled.utf8))
        }
        return CheckMessages.words(of: response)
    }

    @Test func `headers are overwritten, and what has no value is removed`() {
        let words = Self.words(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-authgear-user-id: u\r\nx-empty: \r\n",
            own: ["x-authgear-user-id", "x-authgear-user-roles", "x-tenant"],
            spelled: "x-authgear-user-id\nx_authgear_user_id\nx_tenant\nx-tenant\n")
        #expect(
            words == [
                "code 0", "ok", "x-authgear-user-id=u", "x-empty=", "remove x-authgear-user-roles", "remove x-tenant",
                "remove x_authgear_user_id", "remove x_tenant",
            ])
    }

    @Test func `a cookie that is set goes to the client, beside the backend's own`() {
        let passed = Self.words("HTTP/1.1 200 OK\r\nSet-Cookie: a=; x\r\n")
        #expect(passed == ["code 0", "ok", "client set-cookie+=a=; x"])
        let denied = Self.words("HTTP/1.1 401 Unauthorized\r\nset-cookie: a\r\nSet-Cookie: b\r\nx-a: c\r\n")
        #expect(denied == ["code 16", "denied", "status 401", "set-cookie+=a", "set-cookie+=b"])
    }

    @Test func `what Envoy is told over HTTP it is not told again`() {
        let words = Self.words("HTTP/1.1 200 OK\r\nx-envoy-auth-headers-to-remove: a,b\r\n", spelled: "x_authgear\n")
        #expect(words == ["code 0", "ok", "remove x_authgear"])
    }

    @Test(arguments: [
        (
            "401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer\r\nx-authgear-session-valid: false\r\n",
            ["code 16", "denied", "status 401", "www-authenticate=Bearer"]
        ),
        (
            "403 Forbidden\r\nWWW-Authenticate: Bearer error=\"x\"\r\nx-authgear-refused: scope\r\n",
            ["code 7", "denied", "status 403", "www-authenticate=Bearer error=\"x\""]
        ),
        (
            "503 Service Unavailable\r\nx-authgear-resolver-error: x\r\nRetry-After: 1\r\n",
            ["code 14", "denied", "status 503", "retry-after=1"]
        ),
        ("400 Bad Request\r\n", ["code 3", "denied", "status 400"]),
        ("431 Request Header Fields Too Large\r\n", ["code 3", "denied", "status 431"]),
        ("404 Not Found\r\n", ["code 14", "denied", "status 503", "retry-after=1"]),
    ])
    func `who is turned away sees nothing of ours`(lines: String, words: [String]) {
        #expect(
            Self.words("HTTP/1.1 " + lines, own: ["x-authgear-user-id"], spelled: "x_authgear_user_id\n") == words)
    }

    @Test func `a long value has its length`() {
        let value = String(repeating: "r", count: 20_000)
        #expect(Self.words("HTTP/1.1 200 OK\r\nx: \(value)\r\n") == ["code 0", "ok", "x=\(value)"])
    }
}
