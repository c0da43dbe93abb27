import Bytes
import Listener
import NIOCore
import Resolution
import Testing
import Tokens

/// Requests that wait for a look-up.
@Suite struct ParkedRequestTests {
    private let request = Stage.get("/resolve", Stage.cookie)

    @Test func `a request waits for one look-up after another, and is answered after the last`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(request)
        #expect(gateway.queries == [Stage.sessionKey])
        #expect(try gateway.received() == "")
        gateway.reply(Stage.session)
        #expect(gateway.queries == [Stage.sessionKey, Stage.userKey])
        #expect(try gateway.received() == "")
        gateway.reply(Stage.user)
        #expect(try gateway.received() == Stage.valid)
        #expect(gateway.loop.figures.answers(.resolve, .valid) == 1)
    }

    @Test func `a store that answers at once costs no further write`() throws {
        let gateway = try EmbeddedGateway()
        gateway.answerAtOnce(.unavailable(.timedOut))
        try gateway.send(request + Stage.get())
        #expect(try gateway.received() == Stage.unavailable + Stage.none)
        #expect(gateway.writes() == 1)
    }

    @Test func `answers keep the order of their requests, and what comes behind waits`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(Stage.get("/require") + request + Stage.get() + request + "GET /re")
        #expect(try gateway.received() == Stage.stranger)
        #expect(gateway.queries.count == 1)
        try gateway.send("quire HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try gateway.received() == "")
        gateway.reply(.unavailable(.timedOut))
        #expect(try gateway.received() == Stage.unavailable + Stage.none)
        #expect(gateway.queries.count == 2)
        gateway.reply(.unavailable(.timedOut))
        #expect(try gateway.received() == Stage.unavailable + Stage.stranger)
    }

    @Test func `a reply that comes twice or too late finds nothing`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(request)
        gateway.replyAgain(.unavailable(.timedOut))
        #expect(try gateway.received() == Stage.unavailable)
        try gateway.send(request)
        gateway.reply(Stage.session)
        #expect(try gateway.received() == "")
        #expect(gateway.queries == [Stage.sessionKey, Stage.sessionKey])
        gateway.reply(.unavailable(.timedOut))
        #expect(try gateway.received() == Stage.unavailable)
    }

    @Test func `the reply for a connection that is gone is dropped`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(request + request)
        try gateway.channel.close().wait()
        #expect(gateway.loop.connectionCount == 0)
        gateway.reply(Stage.session)
        #expect(gateway.queries == [Stage.sessionKey])
        #expect(gateway.loop.figures.answers(.resolve, .valid) == 0)
    }

    @Test func `a reply for one connection within the batch of another waits for its end`() throws {
        let first = try EmbeddedGateway()
        let second = try EmbeddedGateway(sharing: first)
        try first.send(request)
        // The second one's look-up fails the store, which then fails what waits.
        first.onNextQuery { first.reply(.unavailable(.timedOut)) }
        try second.send(Stage.get("/require") + request)
        #expect(try first.received() == Stage.unavailable)
        #expect(try second.received() == Stage.stranger)
        second.reply(.unavailable(.timedOut))
        #expect(try second.received() == Stage.unavailable)
    }

    @Test func `a token whose key is missing waits for the search`() throws {
        let issuer = TrustedIssuer(
            identifier: "https://i", audiences: ["a"], algorithms: .all, leeway: .seconds(10))
        let gateway = try EmbeddedGateway(issuers: [issuer])
        let header = Base64URL.encode(Array(#"{"alg":"RS256","kid":"k"}"#.utf8).span.bytes)
        let claims = #"{"iss":"https://i","aud":"a","sub":"s","exp":99999999999}"#
        let payload = Base64URL.encode(Array(claims.utf8).span.bytes)
        let token = String(decoding: header + [0x2E] + payload + Array(".AAAA".utf8), as: UTF8.self)
        try gateway.send(Stage.get("/resolve", "Authorization: Bearer \(token)\r\n"))
        #expect(try gateway.received() == "")
        gateway.find(.unavailable)
        #expect(try gateway.received().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        try gateway.send(Stage.get("/resolve", "Authorization: Bearer \(token)\r\n"))
        gateway.find(.absent)
        #expect(try gateway.received().contains("x-authgear-session-valid: false\r\n"))
    }

    @Test func `while a request waits, no more is read than a head's worth`() throws {
        var limits = ConnectionLimits()
        limits.headerBytes = 1_000
        let gateway = try EmbeddedGateway(limits)
        try gateway.send(request)
        #expect(gateway.reads() == 2)
        try gateway.send(String(repeating: Stage.get(), count: 10))
        #expect(gateway.reads() == 1)
        try gateway.send(String(repeating: Stage.get(), count: 30))
        #expect(gateway.reads() == 0)
        gateway.reply(.unavailable(.timedOut))
        #expect(try gateway.received() == Stage.unavailable + String(repeating: Stage.none, count: 40))
        #expect(gateway.reads() == 1)
    }

    @Test func `a client that sends on and on behind a request that waits is cut off`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(request)
        for _ in 0..<5 where gateway.isOpen { try gateway.send(String(repeating: "x", count: 100_000)) }
        #expect(!gateway.isOpen)
        gateway.reply(Stage.session)
        #expect(gateway.queries.count == 1)
    }

    @Test func `a request that waits when the client has closed its side is answered still`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(request + Stage.get())
        gateway.closeInput()
        #expect(gateway.isOpen)
        gateway.reply(.unavailable(.timedOut))
        #expect(try gateway.received() == Stage.unavailable + Stage.none)
        #expect(!gateway.isOpen)
    }
}
