import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE
import Testing
import Worker

/// Requests that wait for a look-up.
@Suite struct ParkedRequestTests {
    private let request = Stage.get("/resolve", Stage.cookie)

    @Test func `a request waits for one look-up after another, and is answered after the last`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(request)
        #expect(gateway.queries == [Stage.sessionKey])
        #expect(gateway.received() == "")
        gateway.reply(Stage.session)
        #expect(gateway.queries == [Stage.sessionKey, Stage.userKey, Stage.bearerUserKey])
        #expect(gateway.received() == "")
        gateway.reply(Stage.user)
        #expect(gateway.received() == Stage.valid)
        #expect(gateway.figures.answers(at: .resolve, outcome: .valid) == 1)
    }

    @Test func `a store that answers at once costs no further write`() throws {
        let gateway = try EmbeddedGateway(answer: .unavailable(.timedOut), keepsWrites: true)
        gateway.send(request + Stage.get())
        #expect(gateway.writes().map(Stage.withoutDates) == [Stage.unavailable + Stage.none])
    }

    @Test func `answers keep the order of their requests, and what comes behind waits`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get("/require") + request + Stage.get() + request + "GET /re")
        #expect(gateway.received() == Stage.stranger)
        #expect(gateway.queries.count == 1)
        gateway.send("quire HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(gateway.received() == "")
        gateway.reply(.unavailable(.timedOut))
        #expect(gateway.received() == Stage.unavailable + Stage.none)
        #expect(gateway.queries.count == 2)
        gateway.reply(.unavailable(.timedOut))
        #expect(gateway.received() == Stage.unavailable + Stage.stranger)
    }

    @Test func `a reply that comes twice or too late finds nothing`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(request)
        gateway.replyAgain(.unavailable(.timedOut))
        #expect(gateway.received() == Stage.unavailable)
        gateway.send(request)
        gateway.reply(Stage.session)
        #expect(gateway.received() == "")
        #expect(gateway.queries == [Stage.sessionKey, Stage.sessionKey])
        gateway.reply(.unavailable(.timedOut))
        #expect(gateway.received() == Stage.unavailable)
    }

    @Test func `a decision that takes too long is unknown, and what comes later for it finds nothing`() throws {
        var limits = ConnectionLimits.generous
        limits.decisionTimeout = .zero
        let gateway = try EmbeddedGateway(limits)
        gateway.send(request + Stage.get("/require") + request)
        let late = Stage.unavailable.replacing("store_timed_out", with: "decision_timed_out")
        #expect(gateway.received() == late + Stage.stranger + late)
        #expect(gateway.figures.answers(at: .resolve, outcome: .unknown) == 2)
        gateway.reply(Stage.session)
        #expect(gateway.received() == "")
        #expect(gateway.isOpen)
    }

    @Test func `the time for a decision counts from the last byte of the body`() throws {
        var limits = ConnectionLimits.generous
        limits.decisionTimeout = .zero
        let gateway = try EmbeddedGateway(limits)
        gateway.send("POST /resolve HTTP/1.1\r\nHost: a\r\n\(Stage.cookie)Content-Length: 4\r\n\r\nab")
        #expect(gateway.received() == "")
        #expect(gateway.queries.isEmpty)
        gateway.send("cd")
        #expect(gateway.received().contains("x-authgear-resolver-error: decision_timed_out\r\n"))
    }

    @Test func `the reply for a connection that is gone is dropped`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(request + request)
        gateway.hangUp()
        #expect(gateway.connectionCount == 0)
        gateway.reply(Stage.session)
        #expect(gateway.queries == [Stage.sessionKey])
        #expect(gateway.figures.answers(at: .resolve, outcome: .valid) == 0)
    }

    @Test func `a reply for one connection while another is served waits for its turn`() throws {
        let first = try EmbeddedGateway()
        let second = try EmbeddedGateway(sharing: first)
        first.send(request)
        first.replyWithinTurn(.unavailable(.timedOut))
        second.send(Stage.get("/require") + Stage.get("/resolve", "Cookie: session=b9d2.secret\r\n"))
        #expect(first.received() == Stage.unavailable)
        #expect(second.received() == Stage.stranger)
        second.reply(.unavailable(.timedOut))
        #expect(second.received() == Stage.unavailable)
    }

    @Test func `requests of several connections share one look-up`() throws {
        let first = try EmbeddedGateway()
        let second = try EmbeddedGateway(sharing: first)
        first.send(request)
        second.send(request)
        #expect(first.queries == [Stage.sessionKey])
        first.reply(Stage.session)
        #expect(first.queries == [Stage.sessionKey, Stage.userKey, Stage.bearerUserKey])
        first.reply(Stage.user)
        #expect(first.received() == Stage.valid)
        #expect(second.received() == Stage.valid)
    }

    @Test func `a look-up from before the store told of changes is not joined afterwards`() throws {
        let first = try EmbeddedGateway()
        let (second, third) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
        first.send(request)
        first.post(.perform { $0.trustSessions(until: .max - 1) })
        second.send(request)
        #expect(first.queries.count == 2)
        first.post(.perform { $0.trustSessions(until: .max) })
        third.send(request)
        #expect(first.queries.count == 2)
    }

    @Test func `a token whose key is missing waits for the search`() throws {
        let issuer = TrustedIssuer(
            identifier: "https://i", audiences: ["a"], algorithms: .all, leeway: .seconds(10))
        let gateway = try EmbeddedGateway(issuers: [issuer])
        let header = Base64URL.encode(Array(#"{"alg":"RS256","kid":"k"}"#.utf8).span.bytes)
        let claims = #"{"iss":"https://i","aud":"a","sub":"s","exp":99999999999}"#
        let payload = Base64URL.encode(Array(claims.utf8).span.bytes)
        let token = String(decoding: header + [0x2E] + payload + Array(".AAAA".utf8), as: UTF8.self)
        gateway.send(Stage.get("/resolve", "Authorization: Bearer \(token)\r\n"))
        #expect(gateway.received() == "")
        gateway.find(.unavailable)
        #expect(gateway.received().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        gateway.send(Stage.get("/resolve", "Authorization: Bearer \(token)\r\n"))
        gateway.find(.absent)
        #expect(gateway.received().contains("x-authgear-session-valid: false\r\n"))
    }

    @Test func `while a request waits, no more is read than a head's worth`() throws {
        var limits = ConnectionLimits.generous
        limits.headerBytes = 1_000
        let gateway = try EmbeddedGateway(limits)
        gateway.send(request)
        gateway.send(String(repeating: Stage.get(), count: 10))
        #expect(!gateway.hasUnread)
        gateway.send(String(repeating: Stage.get(), count: 30))
        #expect(!gateway.hasUnread)
        gateway.send(Stage.get())
        #expect(gateway.hasUnread)
        gateway.reply(.unavailable(.timedOut))
        #expect(gateway.received() == Stage.unavailable + String(repeating: Stage.none, count: 41))
        #expect(!gateway.hasUnread)
    }

    @Test func `a request that waits when the client has closed its side is answered still`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(request + Stage.get())
        gateway.closeInput()
        #expect(gateway.isOpen)
        gateway.reply(.unavailable(.timedOut))
        #expect(gateway.received() == Stage.unavailable + Stage.none)
        #expect(!gateway.isOpen)
    }
}
