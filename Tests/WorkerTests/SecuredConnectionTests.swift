import Authentication
import Fixtures
import HTTP1
import Testing
import Worker

/// HTTP within TLS, as a connection performs it.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct SecuredConnectionTests {
    @Test(arguments: [TLSServer.Version.tls12, .tls13], [1, 7, 100, 1 << 16])
    func `requests are answered as without TLS, however their bytes come`(
        version: TLSServer.Version, step: Int
    ) throws {
        let served = try SecuredGateway(protocols: ["http/1.1"], version: version)
        served.settle(step: step)
        #expect(served.client.isEstablished && served.client.application == "http/1.1")
        #expect(served.ask(Stage.get(), step: step) == Stage.none)
        #expect(served.ask(Stage.get() + Stage.get(), step: step) == Stage.none + Stage.none)
        #expect(served.ask("nonsense\r\n\r\n", step: step) == Stage.error("400 Bad Request"))
        #expect(served.client.isClosedByPeer)
        #expect(served.gateway.figures.handshakes(.done) == 1)
    }

    @Test func `a request that waits is answered when its record comes`() throws {
        let served = try SecuredGateway()
        #expect(served.ask("GET /require HTTP/1.1\r\nHost: a\r\n\(Stage.cookie)\r\n") == "")
        served.settle()
        #expect(served.ask("GET /require HTTP/1.1\r\nHost: a\r\n\(Stage.cookie)\r\n") == "")
        served.gateway.reply(.missing)
        served.settle()
        #expect(served.received().hasPrefix("HTTP/1.1 401"))
    }

    @Test func `who agreed on h2 is told the settings first, and speaks it`() throws {
        let served = try SecuredGateway(protocols: ["h2", "http/1.1"])
        served.settle()
        #expect(served.client.application == "h2")
        let client = HTTP2Client()
        let settings = served.client.takeReceived()
        #expect(settings.count >= 9 && settings[3] == 4)
        client.receive(settings)
        let id = client.request("/require")
        served.client.write(client.output())
        served.settle()
        client.receive(served.client.takeReceived())
        #expect(client.answer(id).status == 401 && client.answer(id).isWhole)
    }

    @Test func `who agreed on h2 and speaks HTTP/1 is turned away`() throws {
        let served = try SecuredGateway(protocols: ["h2"])
        served.settle()
        _ = served.client.takeReceived()
        _ = served.ask(Stage.get())
        #expect(served.client.isClosedByPeer && served.gateway.figures.answers(at: .resolve, outcome: .none) == 0)
    }

    @Test func `who agreed on HTTP/1 does not get HTTP/2, who named nothing does`() throws {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        let agreed = try SecuredGateway(protocols: ["http/1.1"])
        agreed.settle()
        #expect(agreed.ask(preface) == Stage.error("505 HTTP Version Not Supported"))
        #expect(agreed.client.isClosedByPeer)
        let silent = try SecuredGateway()
        silent.settle()
        let client = HTTP2Client()
        let id = client.request("/require")
        silent.client.write(client.output())
        silent.settle()
        client.receive(silent.client.takeReceived())
        #expect(client.answer(id).status == 401)
    }

    @Test func `a client that doesn't read is not read from, and goes on when it does`() throws {
        let served = try SecuredGateway(room: 4_096)
        served.settle()
        let count = 2_000
        served.client.write(Array(String(repeating: Stage.get(), count: count).utf8))
        served.gateway.send(bytes: served.client.takeOutput())
        #expect(served.gateway.figures.answers(at: .resolve, outcome: .none) < count)
        served.settle()
        #expect(served.received() == String(repeating: Stage.none, count: count))
    }

    @Test func `what the client says last is answered`() throws {
        let served = try SecuredGateway()
        served.settle()
        served.client.write(Array(Stage.get().utf8))
        served.client.close()
        served.settle()
        #expect(served.received() == Stage.none && served.client.isClosedByPeer && served.gateway.connectionCount == 0)
    }
}
