import Authentication
import Fixtures
import HTTP1
import Testing
import Worker

/// Time-outs, failures and the end, within TLS.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct SecuredLimitTests {
    @Test func `a handshake has the time of a head, from the connection on`() throws {
        let served = try SecuredGateway()
        served.gateway.sweep(10)
        served.gateway.send(bytes: Array(served.client.takeOutput().prefix(100)))
        served.gateway.sweep(10)
        #expect(served.gateway.isOpen)
        served.gateway.sweep()
        #expect(served.gateway.connectionCount == 0 && served.gateway.figures.handshakes(.timedOut) == 1)
    }

    @Test func `an idle connection is closed with close_notify`() throws {
        let served = try SecuredGateway()
        served.settle()
        served.gateway.sweep(150)
        #expect(served.gateway.isOpen)
        served.gateway.sweep()
        #expect(served.gateway.connectionCount == 0)
        served.settle()
        #expect(served.client.isClosedByPeer)
    }

    @Test func `a slow head is answered 408, and records that say nothing gain no time`() throws {
        let served = try SecuredGateway()
        served.settle()
        #expect(served.ask("GET /resolve HTTP/1.1\r\n") == "")
        served.gateway.sweep(20)
        served.client.updateKeys()
        served.settle()
        served.gateway.sweep()
        served.settle()
        #expect(served.received() == Stage.error("408 Request Timeout"))
        #expect(served.client.isClosedByPeer && served.gateway.isHalfClosed)
        served.gateway.sweep(5)
        #expect(served.gateway.connectionCount == 0)
    }

    @Test func `a failed handshake is told by an alert, and its client has time to read it`() throws {
        let clients = try CertificateAuthority()
        let served = try SecuredGateway(admitting: clients)
        served.settle()
        #expect(served.gateway.figures.handshakes(.noCertificate) == 1 && served.gateway.isHalfClosed)
        // certificate_required
        #expect(served.client.alert == 116)
        served.gateway.send("more")
        #expect(served.gateway.isOpen)
        served.gateway.sweep(5)
        #expect(
            served.gateway.connectionCount == 0 && served.gateway.figures.answers(at: .resolve, outcome: .none) == 0)
    }

    @Test func `what follows a failure is thrown away, up to a bound`() throws {
        let served = try SecuredGateway()
        served.gateway.send("GET /resolve HTTP/1.1\r\n\r\n")
        #expect(served.gateway.figures.handshakes(.notTLS) == 1 && served.gateway.isHalfClosed)
        served.gateway.send(bytes: [UInt8](repeating: 0, count: ConnectionLimits.generous.lingerBytes + 1))
        #expect(served.gateway.connectionCount == 0)
    }

    @Test func `who leaves in the handshake is counted, and who has nothing to say is closed`() throws {
        let served = try SecuredGateway()
        served.gateway.closeInput()
        #expect(served.gateway.connectionCount == 0 && served.gateway.figures.handshakes(.left) == 1)
        let other = try SecuredGateway(sharing: served)
        other.gateway.hangUp()
        #expect(served.gateway.figures.handshakes(.left) == 2 && served.gateway.connectionCount == 0)
    }

    @Test func `parts of handshakes count as what is held, and the oldest goes first`() throws {
        var limits = ConnectionLimits.generous
        limits.bufferedBytes = 40_000
        // A ClientHello of 16 kB whose last byte does not come.
        let part = [22, 3, 1, 0x40, 0, 1, 0, 0x3F, 0xFC] + [UInt8](repeating: 3, count: 16_000)
        let first = try SecuredGateway(limits)
        first.gateway.send(bytes: part)
        let others = try (0..<3).map { _ in try SecuredGateway(limits, sharing: first) }
        for other in others { other.gateway.send(bytes: part) }
        #expect(first.gateway.connectionCount < 4 && others[2].gateway.isOpen)
    }

    @Test func `at the end a request is answered with close, and h2 is told by GOAWAY`() throws {
        let asking = try SecuredGateway()
        let modern = try SecuredGateway(sharing: asking, protocols: ["h2"])
        for served in [asking, modern] { served.settle() }
        let client = HTTP2Client()
        client.receive(modern.client.takeReceived())
        modern.client.write(client.output())
        modern.settle()
        asking.gateway.end(within: .seconds(1_000))
        #expect(asking.ask(Stage.get()).contains("Connection: close") && asking.client.isClosedByPeer)
        modern.settle()
        client.receive(modern.client.takeReceived())
        #expect(!client.goAways.isEmpty)
    }

    @Test func `at the end who was silent is closed with close_notify`() throws {
        let served = try SecuredGateway()
        served.settle()
        served.gateway.end(idle: .zero, within: .seconds(1_000))
        served.settle()
        #expect(served.client.isClosedByPeer && served.gateway.connectionCount == 0)
    }
}
