import Bytes
import HTTP1
import Testing

/// Fields that only some configurations look at.
@Suite struct FurtherFieldsTests {
    private static func parse(
        _ fields: String, target: String = "/require", looking: (inout FurtherFields) -> Void
    ) throws(HeadError) -> [RequestFields.Further: String] {
        let bytes = Array("DELETE \(target) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n".utf8)
        var further = FurtherFields()
        looking(&further)
        var parser = HeadParser()
        guard try parser.advance(over: bytes.span.bytes, limit: 65_536, lookingAt: further) else { return [:] }
        var found: [RequestFields.Further: String] = [:]
        for field in RequestFields.Further.allCases {
            found[field] = parser.head.fields.single(field).map { String(decoding: bytes[$0.range], as: UTF8.self) }
        }
        return found
    }

    private static let all = """
        X-Original-Method: POST\r\nX-Original-URI: /a?b\r\nX-Forwarded-Method: PUT\r\nX-Forwarded-Uri: /c\r\n\
        Origin: https://a.example\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: cors\r\nAccept: */*\r\nDPoP: x.y.z\r\n\
        Access-Control-Request-Method: PUT\r\nX-Csrf: t\r\nX-Api-Key: k\r\nX-Client-Cert: c\r\n
        """

    @Test func `nothing is looked at that nobody needs`() throws {
        #expect(try Self.parse(Self.all) { _ in } == [:])
        #expect(try Self.parse(Self.all) { $0.look(at: .origin) } == [.origin: "https://a.example"])
    }

    @Test func `each field is found under its name, in any case of letters`() throws {
        let found = try Self.parse(Self.all.replacing("Sec-Fetch", with: "SEC-FETCH").replacing("X-Api", with: "x-aPI"))
        {
            $0.look(atOriginal: .nginx)
            for field in [RequestFields.Further.origin, .fetchSite, .fetchMode, .accept, .proof, .requestMethod] {
                $0.look(at: field)
            }
            $0.look(at: .csrfToken, named: "x-csrf")
            $0.look(at: .apiToken, named: "x-api-key")
            $0.look(at: .certificate, named: "x-client-cert")
        }
        #expect(
            found == [
                .originalMethod: "POST", .originalURI: "/a?b", .origin: "https://a.example", .fetchSite: "none",
                .fetchMode: "cors", .accept: "*/*", .requestMethod: "PUT", .csrfToken: "t",
                .apiToken: "k", .proof: "x.y.z", .certificate: "c",
            ])
    }

    @Test(
        arguments: [
            (OriginalSource.none, "/require/x?y", nil, nil), (.nginx, "/require/x?y", "POST", "/a?b"),
            (.traefik, "/require/x?y", "PUT", "/c"), (.envoy, "/require/x?y", "DELETE", "/x?y"),
            (.envoy, "/policy/p/require/x", "DELETE", "/x"), (.envoy, "/_resolver/require/", "DELETE", "/"),
            (.envoy, "/require", "DELETE", nil), (.envoy, "/require?x", "DELETE", nil),
            (.envoy, "http://h/require/x", "DELETE", "/x"),
        ] as [(OriginalSource, String, String?, String?)])
    func `the client's own request stands where the gateway hands it on`(
        source: OriginalSource, target: String, method: String?, uri: String?
    ) throws {
        let found = try Self.parse(Self.all, target: target) { $0.look(atOriginal: source) }
        #expect(found[.originalMethod] == method && found[.originalURI] == uri)
        #expect(found.count == [method, uri].compactMap(\.self).count)
    }

    @Test(arguments: ["X-Original-Method: GET", "x-original-uri: /", "X-Api-Key: k"])
    func `two of what the gateway sets are a bad request`(field: String) {
        #expect(throws: HeadError.furtherRepeated) {
            try Self.parse("\(field)\r\n\(field)\r\n") {
                $0.look(atOriginal: .nginx)
                $0.look(at: .apiToken, named: "x-api-key")
            }
        }
        #expect(HeadError.furtherRepeated.status == .badRequest)
    }

    @Test func `two of another field are none, and so is what is too long, empty or not printable`() throws {
        let values = [
            "Origin: a\r\nOrigin: a\r\n", "Origin: \(String(repeating: "a", count: 513))\r\n", "Origin:\r\n",
            "Origin: a\tb\r\n", "Origin: \u{e9}\r\n",
        ]
        for value in values {
            let found = try Self.parse(value + value.replacing("Origin", with: "X-Key")) {
                $0.look(at: .origin)
                $0.look(at: .csrfToken, named: "x-key")
            }
            #expect(found == [:], "\(value.prefix(20))")
        }
        let longest = String(repeating: "a", count: 8191)
        for (uri, isThere) in [("/" + longest, true), ("/a" + longest, false)] {
            let found = try Self.parse("X-Original-URI: \(uri)\r\n") { $0.look(atOriginal: .nginx) }
            #expect((found[.originalURI] != nil) == isThere)
        }
    }

    @Test func `a name of 64 letters or more is nobody's`() throws {
        let name = String(repeating: "x", count: 64)
        #expect(try Self.parse("\(name): a\r\n") { $0.look(at: .apiToken, named: name) } == [:])
        let shorter = String(name.dropLast())
        #expect(try Self.parse("\(shorter): a\r\n") { $0.look(at: .apiToken, named: shorter) } == [.apiToken: "a"])
    }

    @Test func `of a proof and of a certificate any value is kept, for who judges it`() throws {
        let long = String(repeating: "a", count: 9_000)
        for value in [long, "caf\u{e9}", "a b"] {
            let found = try Self.parse("DPoP: \(value)\r\nX-Cert: \(value)\r\n") {
                $0.look(at: .proof)
                $0.look(at: .certificate, named: "x-cert")
            }
            #expect(found == [.proof: value, .certificate: value])
        }
        let repeated = try Self.parse("DPoP: a\r\nDPoP: a\r\n") { $0.look(at: .proof) }
        #expect(repeated == [:])
    }
}
