import Authentication
import Fixtures
import HTTP1
import Testing
import Worker

/// How many steps of TLS handshakes a turn of the loop takes, so that others are served between.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct HandshakeTurnTests {
    private static func gateways(_ count: Int) throws -> [SecuredGateway] {
        let first = try SecuredGateway()
        return [first] + (try (1..<count).map { _ in try SecuredGateway(sharing: first) })
    }

    @Test func `a flood of ClientHellos leaves each turn to others, and is served in order`() throws {
        let served = try Self.gateways(20)
        let plain = try EmbeddedGateway(sharing: served[0].gateway)
        for client in served { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        for turn in 1...10 {
            plain.sendLater(Stage.get())
            plain.turn()
            #expect(served.map(\.gateway.hasAnswer) == served.indices.map { $0 < turn * 2 })
            #expect(plain.figures.answers(at: .resolve, outcome: .none) == turn)
        }
        for client in served { client.settle() }
        #expect(plain.figures.handshakes(.done) == 20)
        for client in served { #expect(client.ask(Stage.get()) == Stage.none) }
    }

    @Test func `who comes while others wait waits behind them`() throws {
        let served = try Self.gateways(6)
        for client in served[..<4] { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        served[0].gateway.turn()
        for client in served[4...] { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        served[0].gateway.turn()
        #expect(served.map(\.gateway.hasAnswer) == [true, true, true, true, false, false])
        served[0].gateway.turn()
        #expect(served[5].gateway.hasAnswer)
    }

    @Test func `who has been answered goes before who has not`() throws {
        let served = try Self.gateways(20)
        let gateway = served[0].gateway
        for client in served { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        gateway.turn()
        for client in served[..<2] {
            client.client.receive(client.gateway.bytesUntilNow())
            client.gateway.sendLater(bytes: client.client.takeOutput())
        }
        gateway.turn()
        #expect(gateway.figures.handshakes(.done) == 0)
        gateway.turn()
        #expect(gateway.figures.handshakes(.done) == 2)
        for client in served { client.settle() }
        #expect(gateway.figures.handshakes(.done) == 20)
    }

    @Test func `who is gone when its turn comes holds up nobody, nor does who has its place`() throws {
        let served = try Self.gateways(8)
        for client in served { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        served[0].gateway.turn()
        for client in served[4..<6] { client.gateway.hangUpLater() }
        served[0].gateway.turn()
        #expect(served[0].gateway.figures.handshakes(.left) == 2)
        let next = try SecuredGateway(sharing: served[0])
        for client in served[..<4] + served[6...] + [next] {
            client.settle()
            #expect(client.ask(Stage.get()) == Stage.none)
        }
        #expect(next.gateway.figures.handshakes(.done) == 7 && next.gateway.connectionCount == 7)
    }

    @Test func `records of who has shaken hands are read in the same turn`() throws {
        let served = try Self.gateways(6)
        served[5].settle()
        for client in served[..<5] { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        served[5].client.write(Array(Stage.get().utf8))
        served[5].gateway.sendLater(bytes: served[5].client.takeOutput())
        served[5].gateway.turn()
        #expect(served[5].gateway.hasAnswer && !served[4].gateway.hasAnswer)
    }

    @Test func `at the end of silence who has said something is heard in its turn, and all others are closed`() throws {
        let served = try Self.gateways(12)
        for client in served[8...] { client.gateway.sendLater(bytes: client.client.takeOutput()) }
        // Two are heard before the silence is over, and have said nothing since.
        served[0].gateway.end(idle: .zero, within: .seconds(1_000))
        #expect(served[0].gateway.connectionCount == 2)
        for client in served[10...] {
            client.settle()
            #expect(client.ask(Stage.get()).contains("Connection: close"))
        }
        #expect(served[0].gateway.connectionCount == 0)
    }
}
