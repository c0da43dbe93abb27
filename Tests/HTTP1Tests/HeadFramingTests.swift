import HTTP1
import Testing

/// What a head says of its body, of its connection, and how long it may be.
@Suite struct HeadFramingTests {
    private func body(_ fields: String, version: String = "1.1") -> Result<RequestHead.Body, HeadError>? {
        switch parse("POST /resolve HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n") {
        case .complete(let meaning): .success(meaning.body)
        case .refused(let error): .failure(error)
        case .incomplete: nil
        }
    }

    private static let framings: [(String, Result<RequestHead.Body, HeadError>)] = [
        ("", .success(.none)), ("Content-Length: 0\r\n", .success(.none)),
        ("Content-Length: 1\r\n", .success(.length(1))), ("content-LENGTH:007 \r\n", .success(.length(7))),
        ("Content-Length: 1048576\r\n", .success(.length(1_048_576))),
        ("Content-Length: 99999999999999999999999999\r\n", .success(.length(1 << 48))),
        ("Transfer-Encoding: chunked\r\n", .success(.chunked)), ("transfer-encoding: ChunkeD\r\n", .success(.chunked)),
        ("Content-Length:\r\n", .failure(.badContentLength)),
        ("Content-Length: +1\r\n", .failure(.badContentLength)),
        ("Content-Length: -1\r\n", .failure(.badContentLength)),
        ("Content-Length: 1 1\r\n", .failure(.badContentLength)),
        ("Content-Length: 1, 1\r\n", .failure(.badContentLength)),
        ("Content-Length: 0x1\r\n", .failure(.badContentLength)),
        ("Content-Length: 1.0\r\n", .failure(.badContentLength)),
        ("Content-Length: \u{b2}\r\n", .failure(.badContentLength)),
        ("Content-Length: 1\r\nContent-Length: 1\r\n", .failure(.contentLengthRepeated)),
        ("Content-Length: 1\r\nContent-Length: 2\r\n", .failure(.contentLengthRepeated)),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", .failure(.lengthAndTransferEncoding)),
        ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", .failure(.lengthAndTransferEncoding)),
        ("Transfer-Encoding: gzip\r\n", .failure(.codingNotSupported)),
        ("Transfer-Encoding: gzip, chunked\r\n", .failure(.codingNotSupported)),
        ("Transfer-Encoding: chunked, chunked\r\n", .failure(.codingNotSupported)),
        ("Transfer-Encoding: identity\r\n", .failure(.codingNotSupported)),
        ("Transfer-Encoding: xchunked\r\n", .failure(.codingNotSupported)),
        ("Transfer-Encoding:\r\n", .failure(.badTransferEncoding)),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .failure(.badTransferEncoding)),
        ("Transfer-Encoding : chunked\r\n", .failure(.badFieldName)),
    ]

    @Test(arguments: framings)
    func `the body's framing is stated once and without doubt`(
        fields: String, expected: Result<RequestHead.Body, HeadError>
    ) {
        #expect(body(fields) == expected)
    }

    @Test func `HTTP 1_0 knows no transfer coding`() {
        #expect(body("Transfer-Encoding: chunked\r\n", version: "1.0") == .failure(.badTransferEncoding))
        #expect(body("Content-Length: 3\r\n", version: "1.0") == .success(.length(3)))
    }

    @Test(arguments: [
        ("", true, false), ("Connection: close\r\n", false, false), ("Connection: Keep-Alive\r\n", true, true),
        ("Connection: keep-alive, CLOSE\r\n", false, false),
        ("Connection: close\r\nConnection: keep-alive\r\n", false, false),
        ("Connection: te , keep-alive\r\n", true, true), ("Connection: ,,\r\n", true, false),
        ("Connection:\r\n", true, false), ("Connection: closed\r\n", true, false),
        ("Connection: clos\r\n", true, false),
        ("Connection: keep-alives\r\n", true, false), ("Proxy-Connection: close\r\n", true, false),
    ])
    func `the connection persists by version and by its options`(fields: String, in11: Bool, in10: Bool) {
        #expect(parse("GET /resolve HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").meaning?.persists == in11)
        #expect(parse("GET /resolve HTTP/1.0\r\nHost: a\r\n\(fields)\r\n").meaning?.persists == in10)
    }

    @Test(arguments: ["Connection: a b", "Connection: close;x", "Connection: \"close\"", "Connection: a,b c"])
    func `a connection option is a token`(field: String) {
        #expect(parse("GET /resolve HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n").error == .badConnection)
    }

    @Test(arguments: [
        ("Expect: 100-continue", true), ("expect:100-CONTINUE", true), ("Expect: 100-continu", false),
        ("Expect: 100-continue, x", false), ("Expect: 101-continue", false), ("Expects: 100-continue", false),
    ])
    func `only HTTP 1_1 can wait for 100`(field: String, expected: Bool) {
        let fields = "Host: a\r\nContent-Length: 1\r\n\(field)\r\n\r\n"
        #expect(parse("POST /resolve HTTP/1.1\r\n" + fields).meaning?.expectsContinue == expected)
        #expect(parse("POST /resolve HTTP/1.0\r\n" + fields).meaning?.expectsContinue == false)
    }

    @Test func `a head may have as many bytes as the limit and no more`() {
        let head = "GET /resolve HTTP/1.1\r\nHost: a\r\nX: yyyyyyyyyyyyyyyyyyy\r\n\r\n"
        #expect(parse(head, limit: head.utf8.count).meaning != nil)
        #expect(parse(head, limit: head.utf8.count - 1).error == .headTooLarge)
        #expect(parse(head, limit: 24).error == .headTooLarge)
        #expect(parse(head, limit: 23).error == .headTooLarge)
        #expect(parse(head, limit: 22).error == .targetTooLong)
        #expect(parse(String(head.prefix(20)), limit: 20).error == .targetTooLong)
        #expect(parse(String(head.prefix(19)), limit: 20) == .incomplete)
    }

    @Test func `every rule has one of the contract's statuses`() {
        #expect(HeadError.versionNotSupported.status.code == 505)
        #expect(HeadError.targetTooLong.status.code == 414)
        #expect(HeadError.headTooLarge.status.code == 431)
        #expect(HeadError.codingNotSupported.status.code == 501)
        let others = HeadError.allCases.filter { $0.status != .badRequest }
        #expect(others.count == 4)
    }
}
