import Authentication
import Bytes
import Fixtures
import JOSE
import Testing
import Worker

/// How much of one connection a turn of the loop takes, so that the others get theirs.
@Suite struct TurnTests {
    /// Requests whose tokens are valid and all different, so that each costs a signature.
    private static func requests(_ numbers: Range<Int>) -> String {
        var mint = TokenMint(.es256)
        (mint.claims["iat"], mint.claims["exp"]) = ("1700000000", "9000000000")
        return numbers.map { number in
            mint.claims["jti"] = "\"\(number)\""
            return Stage.get("/resolve", "Authorization: Bearer \(String(decoding: mint.token, as: UTF8.self))\r\n")
        }.joined()
    }

    private static func gateway() throws -> EmbeddedGateway {
        let gateway = try EmbeddedGateway(issuers: [TokenMint.trustedIssuer()])
        let set = try KeySet([TestKeys.key(.es256)])
        let ring = KeyRing(issuers: [IssuerKeys(set: set, usableUntil: .max)])
        gateway.post(.perform { $0.resolver.publish(ring) })
        return gateway
    }

    @Test func `pipelined requests that cost signatures leave the turn to others`() throws {
        let busy = try Self.gateway()
        let other = try EmbeddedGateway(sharing: busy)
        busy.sendLater(Self.requests(0..<40))
        busy.turn()
        #expect(busy.signatures == 4)
        other.sendLater(Stage.get())
        busy.turn()
        #expect(busy.signatures == 8)
        #expect(other.received() == Stage.none)
        busy.settle()
        #expect(busy.signatures == 40 && busy.figures.answers(at: .resolve, outcome: .valid) == 40)
    }

    @Test func `whose turn it is has one request at least`() throws {
        let first = try Self.gateway()
        let second = try EmbeddedGateway(sharing: first)
        let third = try EmbeddedGateway(sharing: first)
        for (number, gateway) in [first, second, third].enumerated() {
            // Each its own tokens: a token that was seen costs nothing.
            gateway.sendLater(Self.requests(number * 10..<number * 10 + 10))
        }
        first.turn()
        #expect(first.signatures == 6, "four of the first, then one of each")
        first.settle()
        #expect(first.figures.answers(at: .resolve, outcome: .valid) == 30)
    }

    @Test func `a connection that has more to do is not read from without end`() throws {
        let gateway = try Self.gateway()
        let requests = Self.requests(0..<400)
        gateway.sendLater(String(requests.prefix(150_000)))
        for _ in 0..<8 { gateway.turn() }
        #expect(gateway.hasUnread)
        gateway.settle()
        #expect(!gateway.hasUnread)
    }

    @Test func `requests that waited for one thing go on in as many turns as their signatures take`() throws {
        let first = try EmbeddedGateway(issuers: [TokenMint.trustedIssuer()])
        let gateways = [first] + (try (0..<19).map { _ in try EmbeddedGateway(sharing: first) })
        for (number, gateway) in gateways.enumerated() { gateway.send(Self.requests(number..<number + 1)) }
        #expect(first.figures.answers(at: .resolve, outcome: .valid) == 0)
        let set = try KeySet([TestKeys.key(.es256)])
        let ring = KeyRing(issuers: [IssuerKeys(set: set, usableUntil: .max)])
        first.postLater(.perform { $0.resolver.publish(ring) })
        first.findAllLater(.arrived)
        for turn in 1...5 {
            first.turn()
            #expect(first.signatures == 4 * turn)
        }
        first.settle()
        #expect(first.signatures == 20 && first.figures.answers(at: .resolve, outcome: .valid) == 20)
        for gateway in gateways {
            #expect(
                gateway.received().split(separator: "HTTP/1.1 200 OK", omittingEmptySubsequences: false).count == 2,
                "each has one answer")
        }
    }

    @Test func `who is gone when its turn comes holds up nobody`() throws {
        let first = try EmbeddedGateway(issuers: [TokenMint.trustedIssuer()])
        let gateways = [first] + (try (0..<11).map { _ in try EmbeddedGateway(sharing: first) })
        for (number, gateway) in gateways.enumerated() { gateway.send(Self.requests(number..<number + 1)) }
        let set = try KeySet([TestKeys.key(.es256)])
        let ring = KeyRing(issuers: [IssuerKeys(set: set, usableUntil: .max)])
        first.postLater(.perform { $0.resolver.publish(ring) })
        first.findAllLater(.arrived)
        first.turn()
        for gateway in gateways[4..<8] { gateway.hangUp() }
        first.settle()
        for gateway in gateways[8...] { #expect(gateway.received().hasPrefix("HTTP/1.1 200 OK")) }
    }
}
