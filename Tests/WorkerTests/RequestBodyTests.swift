import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing
import Worker

/// Bodies, which are skipped.
@Suite struct RequestBodyTests {
    private func post(_ fields: String) -> String {
        "POST /require HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    @Test func `a body is drained before its request is answered`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(post("Content-Length: 10\r\n"))
        #expect(gateway.received() == "")
        gateway.send("GET /")
        #expect(gateway.received() == "")
        gateway.send("12345" + Stage.get() + "GE")
        #expect(gateway.received() == Stage.stranger + Stage.none)
    }

    @Test func `a chunked body is drained, extensions and trailers with it`() throws {
        let gateway = try EmbeddedGateway()
        let body = "5\r\nhello\r\n00A;name=\"value\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
        for byte in (post("Transfer-Encoding: chunked\r\n") + body).unicodeScalars {
            #expect(gateway.received() == "")
            gateway.send(String(byte))
        }
        #expect(gateway.received() == Stage.stranger)
        gateway.send(post("Transfer-Encoding: chunked\r\n") + body + Stage.get())
        #expect(gateway.received() == Stage.stranger + Stage.none)
    }

    @Test func `a client that waits for 100 is told to go on, unless it has`() throws {
        let gateway = try EmbeddedGateway()
        let request = post("Content-Length: 5\r\nExpect: 100-continue\r\n")
        let proceed = "HTTP/1.1 100 Continue\r\n\r\n"
        gateway.send(request)
        #expect(gateway.received() == proceed)
        gateway.send("hello")
        #expect(gateway.received() == Stage.stranger)
        gateway.send(request + "hello")
        #expect(gateway.received() == Stage.stranger)
        gateway.send(post("Content-Length: 0\r\nExpect: 100-continue\r\n"))
        #expect(gateway.received() == Stage.stranger)
        gateway.send(post("Content-Length: 1048577\r\nExpect: 100-continue\r\n"))
        #expect(gateway.received() == Stage.error("413 Content Too Large"))
    }

    @Test func `a body may have as many bytes as the limit and no more`() throws {
        var limits = ConnectionLimits.generous
        limits.bodyBytes = 100
        let gateway = try EmbeddedGateway(limits)
        gateway.send(post("Content-Length: 100\r\n") + String(repeating: "x", count: 100))
        #expect(gateway.received() == Stage.stranger)
        gateway.send(post("Transfer-Encoding: chunked\r\n") + "5a\r\n" + String(repeating: "x", count: 90))
        gateway.send("\r\n")
        #expect(gateway.received() == "")
        gateway.send("0\r\n\r\n")
        #expect(gateway.received() == Stage.error("413 Content Too Large"))
    }

    @Test func `nothing is looked up before the body has come`() throws {
        let gateway = try EmbeddedGateway()
        let request = post("\(Stage.cookie)Content-Length: 5\r\n")
        gateway.send(request)
        gateway.send("hell")
        #expect(gateway.queries.isEmpty)
        gateway.send("o")
        #expect(gateway.queries == [Stage.sessionKey])
        gateway.reply(.missing)
        #expect(gateway.received().hasPrefix("HTTP/1.1 401 "))
        gateway.send(request + "hello")
        #expect(gateway.received() == "")
        gateway.reply(.missing)
        #expect(gateway.received().hasPrefix("HTTP/1.1 401 "))
    }

    @Test func `a request whose body goes wrong is refused, whatever its look-up says`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(post("\(Stage.cookie)Transfer-Encoding: chunked\r\n") + "5\r\nhello!")
        #expect(gateway.received() == Stage.error("400 Bad Request"))
        #expect(gateway.queries.isEmpty)
    }

    @Test(arguments: [true, false])
    func `what is answered is decided when the body has come, however late`(isWithdrawn: Bool) throws {
        let gateway = try EmbeddedGateway(issuers: [TokenMint.trustedIssuer()])
        let ring = KeyRing(issuers: [IssuerKeys(set: try KeySet([TestKeys.key(.es256)]), usableUntil: .max)])
        gateway.post(.perform { $0.resolver.publish(ring) })
        var mint = TokenMint(.es256)
        (mint.claims["iat"], mint.claims["exp"]) = ("1700000000", "9000000000")
        let bearer = "Authorization: Bearer \(String(decoding: mint.token, as: UTF8.self))\r\n"
        gateway.send(post("\(bearer)Content-Length: 5\r\n") + "hell")
        if isWithdrawn {
            let other = KeyRing(issuers: [IssuerKeys(set: try KeySet([TestKeys.key(.rs256)]), usableUntil: .max)])
            gateway.post(.perform { $0.resolver.publish(other) })
        }
        gateway.send("o" + Stage.get())
        if isWithdrawn { gateway.find(.absent) }
        #expect(gateway.received().hasPrefix(isWithdrawn ? "HTTP/1.1 401 " : "HTTP/1.1 200 "))
    }

    private static let chunked: [(String, isRight: Bool)] = [
        ("0\r\n\r\n", true), ("1\r\nx\r\n0\r\n\r\n", true), ("a\r\n0123456789\r\n0\r\n\r\n", true),
        ("A\r\n0123456789\r\n000\r\n\r\n", true), ("00000001\r\nx\r\n0\r\n\r\n", true),
        ("1;a=b;c\r\nx\r\n0;d\r\n\r\n", true), ("0\r\nA: b\r\nC:d\r\n\r\n", true),
        ("1;a=\"b\\\"; c\";d\r\nx\r\n0\r\n\r\n", true),
        ("1;\r\nx\r\n0\r\n\r\n", false), ("1;a=\r\nx\r\n0\r\n\r\n", false), ("1; a\r\nx\r\n0\r\n\r\n", false),
        ("1;a=\"b\r\nx\r\n0\r\n\r\n", false), ("1;a=\"b\"c\r\nx\r\n0\r\n\r\n", false),
        ("", false), ("\r\n", false), ("0", false), ("0\r\n", false), ("0\r\n\r", false), ("0\n\n", false),
        ("0\r\n\n", false), ("0\r\r\n", false), ("x\r\n", false), ("-1\r\n", false), (" 1\r\nx\r\n0\r\n\r\n", false),
        ("1 \r\nx\r\n0\r\n\r\n", false), ("0x1\r\nx\r\n0\r\n\r\n", false), ("1\r\nxx\r\n0\r\n\r\n", false),
        ("2\r\nx\r\n0\r\n\r\n", false), ("1\r\nx0\r\n\r\n", false), ("1\r\nx\n0\r\n\r\n", false),
        ("1\nx\r\n0\r\n\r\n", false), ("000000001\r\nx\r\n0\r\n\r\n", false), ("fffffffff\r\n", false),
        ("ffffffffffffffff1\r\n", false), ("1;a\u{0}\r\nx\r\n0\r\n\r\n", false), ("1;a\n\r\nx\r\n0\r\n\r\n", false),
        ("0\r\n A: b\r\n\r\n", false), ("0\r\nA\r\n\r\n", false), ("0\r\nA : b\r\n\r\n", false),
        ("0\r\n: b\r\n\r\n", false),
        ("0\r\nA: b\n\r\n", false), ("0\r\nA: \u{0}\r\n\r\n", false), (";a\r\n\r\n", false),
    ]

    @Test(arguments: chunked)
    func `chunked framing is strict, and what is right is right for the oracle`(text: String, isRight: Bool) throws {
        let bytes = Array(text.utf8)
        #expect(drains(bytes) == isRight)
        if isRight { #expect(oracleDrains(bytes)) }
        for split in 0...bytes.count { #expect(drains(bytes, split: split) == isRight) }
    }

    @Test func `what is right after a change of any byte is right for the oracle`() {
        let right = Array("3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nA: b\r\n\r\n".utf8)
        var accepted = 0
        for index in right.indices {
            for byte in UInt8.min...UInt8.max {
                var bytes = right
                bytes[index] = byte
                guard drains(bytes) else { continue }
                accepted += 1
                #expect(oracleDrains(bytes), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
        }
        #expect(accepted > 1_000)
    }

    /// Whether the bytes are one whole body, to the last of them.
    private func drains(_ bytes: [UInt8], split: Int = 0) -> Bool {
        do {
            var body = try BodyDrain(.chunked, limit: 1_000)
            let first = try body.drain(bytes.span.bytes.extracting(0..<split))
            guard first == split || body.isDone else { return false }
            let rest = try body.drain(bytes.span.bytes.extracting(first..<bytes.count))
            return body.isDone && first + rest == bytes.count
        } catch {
            return false
        }
    }

    private func oracleDrains(_ bytes: [UInt8]) -> Bool {
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        defer { _ = try? channel.finish() }
        var hasEnded = false
        do {
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            try channel.writeInbound(ByteBuffer(bytes: Array(head.utf8) + bytes))
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                if case .end = part { hasEnded = true }
            }
        } catch {
            return false
        }
        return hasEnded
    }

    /// Where a request is cut in two by a reload.
    static let cuts = ["GET /resolve HTTP/1.1\r\n", "X-API-Key: agr_a\r\n", "\r\n\r\n", "tw"]

    @Test(arguments: cuts) func `a request that a reload cuts in two is read by one configuration`(cut: String) throws {
        let gateway = try EmbeddedGateway()
        let method = cut == "tw" || cut == "\r\n\r\n" ? "POST" : "GET"
        let text =
            method == "GET"
            ? "GET /resolve HTTP/1.1\r\nX-API-Key: agr_a\r\nHost: a\r\n\r\n"
            : "POST /resolve HTTP/1.1\r\nX-API-Key: agr_a\r\nHost: a\r\nContent-Length: 3\r\n\r\ntwo"
        let end = try #require(text.firstRange(of: cut)).upperBound
        gateway.send(String(text[..<end]))
        var limits = ConnectionLimits.generous
        limits.further.look(at: .apiToken, named: "x-api-key")
        var settings = Stage.settings()
        settings.apiTokens = APITokenList([
            APIToken(
                id: "a", userID: Array("robot".utf8),
                secrets: [.init(digest: SHA256Digest(of: Array("agr_a".utf8).span.bytes), expiresAt: nil)])
        ])
        gateway.post(.perform { [limits, settings] in $0.adopt(limits, settings, keys: KeyRing(issuers: [])) })
        gateway.send(String(text[end...]))
        #expect(gateway.received().contains("x-authgear-user-id: robot"))
    }
}
