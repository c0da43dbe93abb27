import Bytes
import ExtAuthz
import Fixtures
import HTTP1
import Testing

@Suite struct CheckReaderTests {
    @Test(arguments: CheckMessages.Shape.allCases)
    func `the client's fields are read in each shape`(shape: CheckMessages.Shape) throws {
        var reader = CheckReader()
        let message = CheckMessages.request(
            [(":path", "/x"), ("authorization", " Bearer t "), ("cookie", "a=1"), ("x", "y"), ("user-agent", "u")],
            shape: shape)
        for _ in 0..<2 {
            try reader.read(message)
            let head = reader.fields.head
            let bytes = reader.fields.bytes
            let token = try #require(head.fields.authorization)
            #expect(String(decoding: bytes[token.range], as: UTF8.self) == "Bearer t")
            #expect(reader.lines.contains("\r\ncookie:a=1\r\n"))
            #expect(head.fields.userAgent != nil)
            #expect(!reader.lines.contains("x:y"))
        }
    }

    @Test(arguments: [
        ("a=1; b=2,c=3", "a=1; b=2;c=3"), ("a=1,2", "a=1,2"), ("a=1,b", "a=1,b"), ("a=1,,b=2", "a=1,;b=2"),
        ("a=1, b=2", "a=1, b=2"), ("a=x,y=z,w", "a=x;y=z,w"), (",a=1", ";a=1"), ("a=1,=2", "a=1,=2"),
    ])
    func `lines of cookies that were joined are taken apart`(joined: String, apart: String) throws {
        var reader = CheckReader()
        try reader.read(CheckMessages.request([("cookie", joined)]))
        #expect(reader.lines.contains("cookie:\(apart)\r\n"))
        try reader.read(CheckMessages.request([("cookie", joined)], shape: .list))
        #expect(reader.lines.contains("cookie:\(joined)\r\n"))
    }

    @Test(arguments: [
        (["/feed"], "/x?y", "/x?y"), (["/feed", "/other"], "/x?y", "/x?y"),
        (["/feed"], "/secret?pad=" + String(repeating: "a", count: 8_200), nil), ([], "/", "/"),
    ])
    func `the client's own request is the message's, whatever its fields say`(
        said: [String], path: String, target: String?
    ) throws {
        var (reader, further) = (CheckReader(), FurtherFields())
        further.look(atOriginal: .nginx)
        let headers = [("x-original-method", "POST")] + said.map { ("x-original-uri", $0) }
        for shape in CheckMessages.Shape.allCases {
            try reader.read(
                CheckMessages.request(headers, shape: shape, path: path).span.bytes, limit: 64 << 10,
                lookingAt: further, own: OwnNames([]))
            let (fields, bytes) = (reader.fields.head.fields, reader.fields.bytes)
            func text(_ field: RequestFields.Further) -> String? {
                fields.single(field).map { String(decoding: bytes[$0.range], as: UTF8.self) }
            }
            #expect(text(.originalMethod) == "GET")
            #expect(text(.originalURI) == target)
            #expect(fields[.originalURI] == fields.single(.originalURI))
        }
    }

    @Test func `lines of cookies that were not joined are all there`() throws {
        var reader = CheckReader()
        try reader.read(CheckMessages.request([("cookie", "a=1"), ("x", "y"), ("cookie", "b=2")], shape: .list))
        var cookies = reader.fields.head.fields.cookies
        let bytes = reader.fields.bytes
        var values: [String] = []
        while let place = cookies.next(in: bytes.span.bytes) {
            values.append(String(decoding: bytes[place.range], as: UTF8.self))
        }
        #expect(values == ["a=1", "b=2"])
    }

    @Test(arguments: [
        (
            [("authorization", "Bearer a"), ("authorization", "Bearer b")], CheckMessages.Shape.list,
            ErrorStatus.badRequest
        ),
        ([("authorization", "Bearer a,Bearer b")], .map, .badRequest),
        ([("authorization", "dpop a,Basic b")], .list, .badRequest),
        ([("authorization", "Basic YTpi,Bearer t")], .map, .badRequest),
        ([("authorization", ",Bearer t")], .list, .badRequest),
        ([("authorization", "Basic \"x,Bearer t")], .map, .badRequest),
        ([("authorization", "Digest a=\"b,\\\"\", c = d ,Bearer t")], .map, .badRequest),
        ([("cookie", "a=\u{0}")], .list, .badRequest), ([("cookie", "a=1\r\nauthorization:b")], .map, .badRequest),
        ([("x", String(repeating: "a", count: 70_000))], .map, .headerFieldsTooLarge),
        ([(String, String)](repeating: ("x", "y"), count: 3_000), .list, .headerFieldsTooLarge),
    ])
    func `what a client can get wrong is refused as over HTTP`(
        headers: [(String, String)], shape: CheckMessages.Shape, status: ErrorStatus
    ) {
        var reader = CheckReader()
        #expect(throws: CheckReader.Fault.refused(status)) {
            try reader.read(CheckMessages.request(headers, shape: shape))
        }
    }

    @Test(arguments: [
        "Digest a=\"b\", c=d", "Digest a=\"b, Bearer t\",\tc =\"\\\", Bearer t\"", "Digest a=b, ,",
        "Basic YTpi, Negotiate", "ApiKey a,b", "{\"a\":1, \"b\":2}", "Basic x,Bearer",
    ])
    func `a comma in another scheme is its own`(value: String) throws {
        var reader = CheckReader()
        try reader.read(CheckMessages.request([("authorization", value)]))
        #expect(reader.fields.head.fields.authorization != nil)
    }

    @Test func `the names that a backend may take for ours are noted as they are`() throws {
        var reader = CheckReader()
        let names = [
            "x-authgear-user-id", "x_authgear_user_id", "X.Authgear~Any", "x-tenant", "x_tenant", "x-tenants", "y",
            "x-authgea", "x-authgear",
        ]
        try reader.read(CheckMessages.request(names.map { ($0, "1") }), own: ["x-tenant"])
        #expect(
            String(decoding: reader.spelledNames, as: UTF8.self)
                == "x-authgear-user-id\nx_authgear_user_id\nx.authgear~any\nx-tenant\nx_tenant\n")
    }

    @Test(arguments: [
        ([("endpoint", "require")], CheckMode.Words(endpoint: "require")),
        ([("policy", "staff"), ("other", "x")], .init(policy: "staff")),
        ([("endpoint", "resolve"), ("policy", "a")], .init(endpoint: "resolve", policy: "a")), ([], .init()),
    ])
    func `what the route asks is read`(extensions: [(String, String)], words: CheckMode.Words) throws {
        var reader = CheckReader()
        try reader.read(CheckMessages.request([], extensions: extensions))
        #expect(reader.mode == words)
    }

    @Test func `a request that is not there has no fields`() throws {
        var reader = CheckReader()
        try reader.read([])
        #expect(reader.fields.head.fields.authorization == nil)
        try reader.read(CheckMessages.field(1, CheckMessages.field(10, CheckMessages.field(1, "policy"))))
        #expect(reader.mode.policy == "")
    }

    @Test(
        arguments: [
            [0x0A], [0x0A, 5, 1], [0x00], [0x07], [0x0C], [0x0B], [0x80], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80], [0x8A, 0x80, 0x80, 0x80, 0x80, 0, 0],
            [0x0A, 2, 0x22, 1], [0x0D, 1, 2, 3],
            [0x09, 1, 2, 3, 4, 5, 6, 7], [0x0A, 0, 0x0A, 1], [0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0],
        ] as [[UInt8]])
    func `bytes that are no message are refused`(bytes: [UInt8]) {
        var reader = CheckReader()
        #expect(throws: CheckReader.Fault.malformed) { try reader.read(bytes) }
    }

    @Test func `groups and other fields are skipped, however deep within bounds`() throws {
        var reader = CheckReader()
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x7B, count: depth) + [0x78, 1] + [UInt8](repeating: 0x7C, count: depth)
        }
        try reader.read(nested(100) + CheckMessages.request([("cookie", "a=1")]))
        #expect(reader.lines.contains("cookie:a=1"))
        #expect(throws: CheckReader.Fault.malformed) { try reader.read(nested(101)) }
    }

    @Test func `with each byte changed, a message is read or refused, and nothing is read beyond it`() throws {
        let message = CheckMessages.request(
            [("cookie", "session=a.b"), ("authorization", "Bearer t"), ("x_authgear_x", "1")],
            extensions: [("endpoint", "require")])
        var reader = CheckReader()
        var (taken, refused) = (0, 0)
        for place in message.indices {
            for byte in [0, 1, 0x7F, 0x80, 0xFF, message[place] ^ 1, message[place] ^ 8, message[place] &+ 1] as [UInt8]
            {
                var changed = message
                changed[place] = byte
                do { try reader.read(changed) } catch { refused += 1 }
                taken += 1
                #expect(reader.fields.bytes.count < message.count + 100)
            }
        }
        for length in message.indices {
            do { try reader.read(Array(message.prefix(length))) } catch { refused += 1 }
        }
        #expect(refused > message.count && refused < taken)
    }
}
