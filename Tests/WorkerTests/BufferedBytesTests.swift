import Authentication
import Fixtures
import HTTP1
import JOSE
import Testing
import Worker

/// What all connections may keep in memory together, as the loop enforces it.
@Suite struct BufferedBytesTests {
    private static let filler = String(repeating: "x", count: 10_000)
    private static let head = "GET /resolve HTTP/1.1\r\nHost: a\r\nX: " + filler
    private static let rest = "\r\n\r\n"

    /// Room for two of the heads above, not for three.
    private static func gateway(issuers: [TrustedIssuer] = []) throws -> EmbeddedGateway {
        var limits = ConnectionLimits.generous
        limits.bufferedBytes = 25_000
        return try EmbeddedGateway(limits, issuers: issuers)
    }

    /// What a request is answered that waits longest when room is needed.
    private static let givenUp = Stage.closing(
        Stage.unavailable.replacing("store_timed_out", with: "decision_timed_out"))

    /// A token about as long, whose key is not there.
    private static func token(_ length: Int) -> String {
        var mint = TokenMint(.es256)
        (mint.claims["iat"], mint.claims["exp"]) = ("1700000000", "9000000000")
        mint.claims["filler"] = "\"\(String(repeating: "x", count: length * 3 / 4))\""
        return String(decoding: mint.token, as: UTF8.self)
    }

    @Test func `the oldest incomplete head is answered 408, and the others go on`() throws {
        let first = try Self.gateway()
        let (second, third) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
        for gateway in [first, second] { gateway.send(Self.head) }
        first.sweep(5)
        #expect(first.received() == "")
        third.send(Self.head)
        #expect(first.received() == Stage.error("408 Request Timeout"))
        #expect(first.isHalfClosed && first.figures.errors(with: .requestTimeout) == 1)
        for gateway in [second, third] {
            gateway.send(Self.rest)
            #expect(gateway.received() == Stage.none)
        }
    }

    @Test func `what was let go of counts no more`() throws {
        let first = try Self.gateway()
        for _ in 0..<20 {
            let (next, gone) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
            next.send(Self.head)
            gone.send(Self.head)
            next.send(Self.rest)
            #expect(next.received() == Stage.none)
            gone.hangUp()
        }
        #expect(first.figures.errors(with: .requestTimeout) == 0)
    }

    @Test func `requests behind one that waits stay while there is an incomplete head, and then the oldest goes`()
        throws
    {
        let waiting = try Self.gateway()
        waiting.send(Stage.get("/resolve", Stage.cookie) + Self.head)
        let (second, third) = (try EmbeddedGateway(sharing: waiting), try EmbeddedGateway(sharing: waiting))
        second.send(Self.head)
        third.send(Stage.get("/resolve", Stage.cookie) + Self.head)
        #expect(second.received() == Stage.error("408 Request Timeout"))
        let fourth = try EmbeddedGateway(sharing: waiting)
        fourth.send(Stage.get("/resolve", Stage.cookie) + Self.head)
        #expect(waiting.received() == Self.givenUp && waiting.isHalfClosed)
        #expect(third.received() == "" && fourth.received() == "")
        fourth.reply(Stage.session)
        #expect(fourth.queries.last == Stage.bearerUserKey, "who waits still waits for its record")
    }

    @Test func `a head whose body still comes counts`() throws {
        let first = try Self.gateway()
        let head = Self.head + "\r\nContent-Length: 2" + Self.rest + "a"
        let (second, third) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
        for gateway in [first, second, third] { gateway.send(head) }
        #expect(first.received() == Stage.error("408 Request Timeout"))
        for gateway in [second, third] {
            gateway.send("b")
            #expect(gateway.received() == Stage.none)
        }
    }

    @Test(arguments: [false, true])
    func `the credentials of a request that waits count, those after the first as well`(isBehind: Bool) throws {
        let first = try Self.gateway(issuers: [TokenMint.trustedIssuer()])
        let (second, third) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
        let bearer = "Authorization: Bearer \(Self.token(isBehind ? 10 : 10_000))\r\n"
        let cookie = isBehind ? "Cookie: app_access_token=\(Self.token(10_000))\r\n" : ""
        let request = Stage.get("/resolve", bearer + cookie)
        for gateway in [first, second] { gateway.send(request) }
        #expect(first.received() == "")
        third.send(request)
        #expect(first.received() == Self.givenUp && !first.isOpen)
        #expect(first.figures.answers(at: .resolve, outcome: .unknown) == 1)
        // The reply for who has gone finds nobody; those who stayed get theirs.
        for _ in 0..<3 { first.find(.unavailable) }
        if isBehind { for _ in 0..<2 { first.find(.unavailable) } }
        #expect(first.received() == "")
        for gateway in [second, third] { #expect(gateway.received().contains("error: keys_not_loaded\r\n")) }
    }

    @Test func `what a request kept while it waited counts no more when it is answered`() throws {
        let first = try Self.gateway(issuers: [TokenMint.trustedIssuer()])
        let other = try EmbeddedGateway(sharing: first)
        let request = Stage.get("/resolve", "Authorization: Bearer \(Self.token(10_000))\r\n")
        for _ in 0..<20 {
            for gateway in [first, other] { gateway.send(request) }
            for gateway in [first, other] {
                first.find(.unavailable)
                #expect(gateway.received().contains("error: keys_not_loaded\r\n"))
            }
            try EmbeddedGateway(sharing: first).send(request)
            first.find(.unavailable)
        }
    }

    @Test func `a crowd of half-sent heads keeps nobody out`() throws {
        let first = try Self.gateway()
        var crowd: [EmbeddedGateway] = []
        for number in 1...60 {
            let gateway = try EmbeddedGateway(sharing: first)
            gateway.send(Self.head)
            crowd.append(gateway)
            if number % 20 == 0 {
                first.send(Stage.get())
                #expect(first.received() == Stage.none)
            }
        }
        #expect(first.figures.errors(with: .requestTimeout) == 58)
        #expect(crowd.filter { !$0.isHalfClosed }.count == 2)
    }
}
