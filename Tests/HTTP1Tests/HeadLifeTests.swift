import Bytes
import Fixtures
import HTTP1
import Testing

/// A connection's head is that of the request at hand, whatever came before it on the same connection.
@Suite struct HeadLifeTests {
    /// What of a head a decision looks at.
    private struct Seen: Hashable {
        var length: Int
        var token: String?
        var cookie: String?
        var policy: String?
        var field: String?
    }

    private static let requests: [(head: String, body: String)] = [
        ("GET /require/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a.b.c\r\nX-CSRF: 1\r\n\r\n", ""),
        ("GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n", ""),
        ("POST /resolve/p HTTP/1.1\r\nHost: a\r\nCookie: session=1\r\nContent-Length: 3\r\n\r\n", "xyz"),
        ("GET /resolve HTTP/1.1\r\nHost: a\r\nX-CSRF: 2\r\n\r\n", ""),
        (
            "POST /require HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer d\r\n\r\n",
            "1\r\nx\r\n0\r\n\r\n"
        ),
        ("GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n", ""),
    ]

    private static func seen(_ head: RequestHead, in bytes: RawSpan) -> Seen {
        func text(_ value: FieldValue?) -> String? {
            value.map { String(decoding: [UInt8](copying: bytes.extracting($0.range)), as: UTF8.self) }
        }
        return Seen(
            length: head.length, token: text(head.fields.authorization), cookie: text(head.fields.firstCookie),
            policy: text(head.policy), field: text(head.fields[.csrfToken]))
    }

    /// What each head alone says.
    private static func alone(_ head: String, lookingAt further: FurtherFields) throws -> Seen {
        var parser = HeadParser()
        let bytes = Array(head.utf8)
        #expect(try parser.advance(over: bytes.span.bytes, limit: 1 << 16, lookingAt: further))
        return seen(parser.head, in: bytes.span.bytes)
    }

    @Test(arguments: [1, 2, 7, 40, 1_000])
    func `the head that is decided on is that of its own request`(piece: Int) throws {
        var limits = ConnectionLimits.generous
        var bounds = ConnectionBounds(limits)
        var connection = HTTPConnectionState(bounds, at: 0)
        var rest = Array(Self.requests.map { $0.head + $0.body }.joined().utf8)[...]
        var (kept, head): ([UInt8], [UInt8]) = ([], [])
        var decided = 0
        while true {
            let (action, consumed) = connection.advance(over: kept.span.bytes, within: bounds, at: 0)
            switch action {
            case .keep: head = Array(kept.prefix(connection.head.length))
            case .decide:
                if head.isEmpty { head = Array(kept.prefix(connection.head.length)) }
                let expected = try Self.alone(Self.requests[decided].head, lookingAt: bounds.further)
                #expect(Self.seen(connection.head, in: head.span.bytes) == expected)
                head = []
                decided += 1
                connection.decided()
            case .respond(let field):
                #expect(field == .absent)
                // From the third request on a field is looked at that was none before.
                if decided == 2 {
                    limits.further.look(at: .csrfToken, named: "x-csrf")
                    bounds = bounds.followed(by: limits)
                }
            case .wait where rest.isEmpty:
                #expect(decided == Self.requests.count)
                return
            case .wait:
                kept.removeFirst(consumed)
                kept += rest.prefix(piece)
                rest = rest.dropFirst(piece)
                continue
            case .proceed, .refuse, .finish, .close:
                Issue.record("\(action)")
                return
            }
            kept.removeFirst(consumed)
        }
    }
}
