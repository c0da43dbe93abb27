import Listener
import Resolution
import Testing

/// What all connections may keep in memory together, as the loop enforces it.
@Suite struct BufferedBytesTests {
    private static let filler = String(repeating: "x", count: 10_000)
    private static let head = "GET /resolve HTTP/1.1\r\nHost: a\r\nX: " + filler
    private static let rest = "\r\n\r\n"

    /// Room for two of the heads above, not for three.
    private static func gateway(_ answer: RecordReply? = nil) throws -> EmbeddedGateway {
        var limits = ConnectionLimits.generous
        limits.bufferedBytes = 25_000
        return try EmbeddedGateway(limits, answer: answer)
    }

    @Test func `the oldest incomplete head is answered 408, and the others go on`() throws {
        let first = try Self.gateway()
        let (second, third) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
        for gateway in [first, second] { gateway.send(Self.head) }
        first.sweep(5)
        #expect(first.received() == "")
        third.send(Self.head)
        #expect(first.received() == Stage.error("408 Request Timeout"))
        #expect(first.isHalfClosed && first.figures.errors(.requestTimeout) == 1)
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
        #expect(first.figures.errors(.requestTimeout) == 0)
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
        #expect(!waiting.isOpen && third.isOpen && fourth.isOpen)
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
        #expect(first.figures.errors(.requestTimeout) == 58)
        #expect(crowd.filter { !$0.isHalfClosed }.count == 2)
    }
}
