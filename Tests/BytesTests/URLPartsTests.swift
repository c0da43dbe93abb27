import Bytes
import Testing

@Suite struct URLPartsTests {
    @Test(arguments: [
        ("http://a/b", "http", "a", "/b"), ("a", nil, "a", ""), ("x://a?b://c", "x", "a", "?b://c"),
        ("x://a#b", "x", "a", "#b"), ("://", "", "", ""), ("", nil, "", ""), ("a/b://c", "a/b", "c", ""),
    ])
    func `a URL is taken apart`(text: String, scheme: String?, authority: String, rest: String) {
        let parts = URLParts(text)
        #expect(parts.scheme.map(String.init) == scheme)
        #expect(parts.authority == authority)
        #expect(parts.rest == rest)
    }

    @Test(arguments: [
        ("a", nil, "a"), ("u@a", "u", "a"), ("u:p@q@a:1", "u:p@q", "a:1"), ("@", "", ""),
    ])
    func `the user ends at the last @`(text: String, userInfo: String?, place: String) {
        let (found, rest) = text[...].splitUserInfo()
        #expect(found.map(String.init) == userInfo)
        #expect(rest == place)
    }

    @Test(
        arguments: [
            ("a", "a", false, nil), ("A-b_c.1:65535", "A-b_c.1", false, 65_535), ("127.0.0.1:1", "127.0.0.1", false, 1),
            ("[::1]", "::1", true, nil), ("[::ffff:1.2.3.4]:08", "::ffff:1.2.3.4", true, 8),
        ] as [(String, String, Bool, UInt16?)])
    func `host and port are read`(text: String, host: String, isIPv6: Bool, port: UInt16?) throws {
        let read = try HostAndPort(text[...])
        #expect(read.host == host)
        #expect(read.isIPv6 == isIPv6)
        #expect(read.port == port)
    }

    @Test(
        arguments: [
            ("", .host), (":1", .host), ("a b", .host), ("a@b", .host), ("ä", .host), ("[]", .host), ("[:]", .host),
            ("[::1", .host), ("[g::]", .host), ("a:", .port), ("a:0", .port), ("a:65536", .port), ("a:+1", .port),
            ("a:1:", .port), ("[::1]1", .port), ("a:١", .port),
        ] as [(String, HostAndPort.Problem)])
    func `neither is guessed`(text: String, problem: HostAndPort.Problem) {
        #expect(throws: problem) { _ = try HostAndPort(text[...]) }
    }
}
