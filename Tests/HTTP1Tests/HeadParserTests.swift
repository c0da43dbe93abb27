import HTTP1
import Testing

/// The rules of a request head, each right and wrong.
@Suite struct HeadParserTests {
    @Test(arguments: Heads.right)
    func `a right head is complete with its last byte`(text: String) throws {
        let meaning = try #require(parse(text).meaning)
        #expect(meaning.length == text.utf8.count)
        #expect(parse(String(text.dropLast())) == .incomplete)
        #expect(parse(text + "GET /resolve").meaning == meaning)
    }

    @Test func `a gateway's head tells its endpoint, its connection and its credentials`() {
        let token = String(repeating: "aB3_", count: 50)
        #expect(
            parse(Heads.nginx)
                == .complete(
                    HeadMeaning(
                        route: .resolve, version: .http10, persists: true, body: .none, expectsContinue: false,
                        length: Heads.nginx.utf8.count, authorization: "Bearer " + token,
                        cookies: ["a=b; session=id.secret"])))
    }

    @Test(arguments: [
        ("/resolve", Route.resolve), ("/resolve?", .resolve), ("/resolve?x=/require", .resolve),
        ("/resolve/", .resolve), ("/resolve/a/b?c", .resolve), ("/_resolver/resolve", .resolve),
        ("/_resolver/resolve/x", .resolve), ("/require", .require), ("/require?x", .require),
        ("/_resolver/require", .require), ("/_resolver/require/api/items", .require),
        ("http://h/resolve", .resolve), ("HTTPS://h:443/require/x", .require),
        ("http://[::1]/_resolver/resolve", .resolve),
        ("/", nil), ("/resolvex", nil), ("/resolv", nil), ("/Resolve", nil), ("//resolve", nil), ("/resolve%2F", nil),
        ("/%72esolve", nil), ("/_resolver", nil), ("/_resolver/", nil), ("/_resolver/resolvex", nil),
        ("/_resolver/_resolver/resolve", nil), ("/x/../resolve", nil), ("/?/resolve", nil), ("/_resolverXresolve", nil),
        ("http://h", nil), ("http://h?/resolve", nil), ("http://h/", nil), ("*", nil),
    ])
    func `a target names a route by the bytes of its path`(target: String, route: Route?) throws {
        let meaning = try #require(parse("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n").meaning)
        #expect(meaning.route == route)
    }

    @Test(arguments: [
        ("/policy/orders/require", Route.require, "orders"), ("/policy/orders/resolve", .resolve, "orders"),
        ("/policy/orders/require/", .require, "orders"), ("/policy/a/require/api/policy/b/resolve", .require, "a"),
        ("/policy/a-1/resolve?policy=b", .resolve, "a-1"), ("http://h/policy/orders/require", .require, "orders"),
        // It is nobody's name, and so 404 behind the parser.
        ("/policy/%6frders/require", .require, "%6frders"), ("/policy//require", nil, nil),
        ("/policy/orders", nil, nil), ("/policy/orders/", nil, nil), ("/policy/orders/requirex", nil, nil),
        ("/policy/require", nil, nil), ("/policy/a/b/require", nil, nil), ("/policy/a/Require", nil, nil),
        ("/Policy/orders/require", nil, nil), ("//policy/orders/require", nil, nil), ("/policyx/a/require", nil, nil),
        ("/_resolver/policy/orders/require", nil, nil), ("/policy/a/_resolver/require", nil, nil),
        ("/policy/a?/require", nil, nil),
    ])
    func `a target names an access policy by the bytes of its path`(target: String, route: Route?, name: String?) throws
    {
        let text = "GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n"
        let meaning = try #require(parse(text).meaning)
        #expect(meaning.route == route)
        #expect(meaning.policy == name)
    }

    @Test(arguments: [
        ("GET /resolve HTTP/1.1", nil), ("M-SEARCH! /resolve HTTP/1.1", nil), ("X /resolve HTTP/1.0", nil),
        ("GET  /resolve HTTP/1.1", HeadError.badTarget), ("GET /resolve  HTTP/1.1", .badTarget),
        (" GET /resolve HTTP/1.1", .badMethod), ("GET /resolve HTTP/1.1 ", .badRequestLine),
        ("GET\t/resolve HTTP/1.1", .badRequestLine), ("GET /resolve", .badRequestLine), ("GET", .badRequestLine),
        ("", .badRequestLine), ("GET HTTP/1.1", .badRequestLine), ("GET  HTTP/1.1", .badRequestLine),
        ("/resolve HTTP/1.1", .badRequestLine), ("G(T /resolve HTTP/1.1", .badRequestLine),
        ("G\u{e9}T /resolve HTTP/1.1", .badRequestLine), ("CONNECT /resolve HTTP/1.1", .badMethod),
        ("CONNECT h:443 HTTP/1.1", .badMethod), ("GET h:443 HTTP/1.1", .badTarget),
        ("GET resolve HTTP/1.1", .badTarget),
        ("GET ftp://h/resolve HTTP/1.1", .badTarget), ("GET http:/h/resolve HTTP/1.1", .badTarget),
        ("GET http:///resolve HTTP/1.1", .badTarget), ("GET http://u@h/resolve HTTP/1.1", .badTarget),
        ("GET https:// HTTP/1.1", .badTarget), ("GET /resolve#x HTTP/1.1", .badTarget),
        ("GET /resolve?a b HTTP/1.1", .badTarget), ("GET /resolve/\u{e9} HTTP/1.1", .badTarget),
        ("GET /resolve HTTP/2.0", .versionNotSupported), ("PRI * HTTP/2.0", .versionNotSupported),
        ("GET /resolve HTTP/1.2", .versionNotSupported), ("GET /resolve HTTP/0.9", .versionNotSupported),
        ("GET /resolve HTTP/1.", .badRequestLine), ("GET /resolve HTTP/11", .badRequestLine),
        ("GET /resolve http/1.1", .badRequestLine), ("GET /resolve HTTPS/1.1", .badRequestLine),
        ("GET /resolve HTTP/1.10", .badRequestLine), ("GET /resolve\u{0}HTTP/1.1", .badRequestLine),
        ("GET /resolve HTTP/1.1\n", .badLineEnd), ("GET /resolve HTTP/1.1\r", .badLineEnd),
    ])
    func `the request line has three parts and one space between them`(line: String, error: HeadError?) {
        #expect(parse(line + "\r\nHost: a\r\n\r\n").error == error)
    }

    @Test(arguments: [
        ("X-Any: value", nil), ("x!#$%&'*+-.^_`|~1:", nil), ("X: \t a\tb  \t", nil), ("X: \u{ff}\u{80}", nil),
        (": value", HeadError.badFieldName), ("X : value", .badFieldName), ("X\t: value", .badFieldName),
        ("X", .badFieldName), ("X value", .badFieldName), ("X(: y", .badFieldName), ("X\u{e9}: y", .badFieldName),
        ("X\u{0}: y", .badFieldName), (" folded", .foldedField), ("\tfolded", .foldedField),
        ("X: a\r\n b", .foldedField),
        ("X: a\nY: b", .badLineEnd), ("X: a\rY: b", .badLineEnd), ("X: a\u{0}b", .badFieldValue),
        ("X: \u{1f}", .badFieldValue), ("X: \u{7f}", .badFieldValue), ("X: a\u{0b}b", .badFieldValue),
        ("X: \(String(repeating: "v", count: 300))\u{7f}", .badFieldValue),
        ("X: \(String(repeating: "v", count: 100))\u{e9}\u{1f}\(String(repeating: "v", count: 100))", .badFieldValue),
        ("X: \(String(repeating: "v", count: 100))\u{e9}\(String(repeating: "v", count: 100))", nil),
    ])
    func `a field line is a token, a colon, and a value without control bytes`(line: String, error: HeadError?) {
        #expect(parse("GET /resolve HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n").error == error)
    }

    @Test(arguments: [
        (["Host: a"], nil), (["Host:"], nil), (["Host: a.b-c_d~:80"], nil), (["HOST: [2001:db8::1]:80"], nil),
        ([], HeadError.hostMissing), (["Host: a", "Host: a"], .hostRepeated), (["Host: a", "host: b"], .hostRepeated),
        (["Host: a b"], .badHost), (["Host: a/b"], .badHost), (["Host: u@h"], .badHost), (["Host: \u{e9}"], .badHost),
        (["Host: a?b"], .badHost), (["Host: a\tb"], .badHost), (["Host: a\\b"], .badHost), (["Hosts: a"], .hostMissing),
    ])
    func `HTTP 1_1 has exactly one host`(lines: [String], error: HeadError?) {
        let fields = lines.map { $0 + "\r\n" }.joined()
        #expect(parse("GET /resolve HTTP/1.1\r\n\(fields)\r\n").error == error)
        #expect(parse("GET /resolve HTTP/1.0\r\n\(fields)\r\n").error == (error == .hostMissing ? nil : error))
    }

    @Test(arguments: [1, 2, 8, 9, 1_000]) func `as many cookie fields are taken as the head has room for`(count: Int) {
        let lines = (0..<count).map { "Cookie: a=\($0)\r\nX-Cookie: b\r\n" }
        let verdict = parse("GET /resolve HTTP/1.0\r\nAccept: *\r\n\(lines.joined())cookies: c\r\n\r\n")
        #expect(verdict.meaning?.cookies == (0..<count).map { "a=\($0)" })
    }

    @Test func `cookie fields are found between others, in any case, trimmed and empty`() {
        let verdict = parse(
            "GET /resolve HTTP/1.0\r\nCookie:\t a=1 \r\nCOOKIE:\r\nCook: x\r\ncookie-x: cookie: y\r\ncOOkie:b=2\t\r\nX:\r\n\r\n"
        )
        #expect(verdict.meaning?.cookies == ["a=1", "", "b=2"])
    }

    @Test func `two authorizations are refused`() {
        let authorization = "Authorization: Bearer x\r\n"
        #expect(parse("GET /resolve HTTP/1.0\r\n\(authorization)\r\n").meaning?.authorization == "Bearer x")
        #expect(
            parse("GET /resolve HTTP/1.0\r\n\(authorization)AUTHORIZATION:\r\n\r\n").error == .authorizationRepeated)
    }

    /// Long enough that each byte stands once in a word of eight and once behind the last whole one.
    @Test(arguments: 0..<21)
    func `a byte that no target has is refused wherever it stands, in the path and in the query`(place: Int) {
        for prefix in ["/resolve/", "/resolve?"] {
            for byte in UInt8.min...UInt8.max {
                var target = Array((prefix + String(repeating: "a", count: 21)).utf8)
                target[prefix.utf8.count + place] = byte
                let verdict = parse(Array("GET ".utf8) + target + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                let isRight = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
                #expect(verdict.meaning?.route == (isRight ? .resolve : nil), "\(byte)")
            }
        }
    }
}
