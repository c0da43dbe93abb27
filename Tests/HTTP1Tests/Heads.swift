import Bytes
import HTTP1

/// What became of a head's bytes.
enum HeadVerdict: Equatable {
    case complete(HeadMeaning)
    case incomplete
    case refused(HeadError)
}

/// The parts of a head that mean something, as comparable values.
struct HeadMeaning: Equatable {
    var route: Route?
    var version: RequestHead.Version
    var persists: Bool
    var body: RequestHead.Body
    var expectsContinue: Bool
    var length: Int
    var authorization: String?
    var cookies: [String]
    var policy: String?
}

/// Gives the parser the bytes, at first `split` of them, then all.
func parse(_ bytes: [UInt8], split: Int? = nil, limit: Int = 65_536) -> HeadVerdict {
    var parser = HeadParser()
    do {
        if let split, try parser.advance(over: bytes.span.bytes.extracting(0..<split), limit: limit) {
            return .complete(HeadMeaning(parser.head, in: bytes))
        }
        guard try parser.advance(over: bytes.span.bytes, limit: limit) else { return .incomplete }
        return .complete(HeadMeaning(parser.head, in: bytes))
    } catch {
        return .refused(error)
    }
}

func parse(_ text: String, limit: Int = 65_536) -> HeadVerdict {
    parse(Array(text.utf8), limit: limit)
}

extension HeadMeaning {
    init(_ head: RequestHead, in bytes: [UInt8]) {
        self.init(
            route: head.route, version: head.version, persists: head.persists, body: head.body,
            expectsContinue: head.expectsContinue, length: head.length,
            authorization: head.fields.authorization.map { String(decoding: bytes[$0.range], as: UTF8.self) },
            cookies: Self.cookies(head.fields, in: bytes),
            policy: head.policy.map { String(decoding: bytes[$0.range], as: UTF8.self) })
    }

    private static func cookies(_ found: RequestFields, in bytes: [UInt8]) -> [String] {
        var fields = found.cookies
        var cookies: [String] = []
        while let field = fields.next(in: bytes.span.bytes) {
            cookies.append(String(decoding: bytes[field.range], as: UTF8.self))
        }
        return cookies
    }
}

extension HeadVerdict {
    var meaning: HeadMeaning? {
        if case .complete(let meaning) = self { meaning } else { nil }
    }

    var error: HeadError? {
        if case .refused(let error) = self { error } else { nil }
    }
}

/// Heads that are right, each for another reason.
enum Heads {
    static let nginx = """
        GET /_resolver/resolve HTTP/1.0\r
        Host: authgear_resolver\r
        Connection: keep-alive\r
        X-Original-URI: /api/items?page=3\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r
        Authorization: Bearer \(String(repeating: "aB3_", count: 50))\r
        Cookie: a=b; session=id.secret\r
        \r\n
        """

    static let right: [String] = [
        nginx,
        "GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET /resolve HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nhOsT:a:80\r\nCookie:\t x=y \t\r\nCOOKIE: z=1\r\n\r\n",
        "POST /require HTTP/1.1\r\nHost: [::1]:4180\r\nContent-Length: 17\r\nExpect: 100-continue\r\n\r\n",
        "PUT /_resolver/require/x/y HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET http://example.test/resolve?x=/../ HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n",
        "HEAD /elsewhere HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-High: \u{e9}\u{4e2d}\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\n\r\n",
    ]
}
