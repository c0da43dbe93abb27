import Bytes
import Fixtures
import TLS
import Testing

/// The server's side.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct TLSServerSessionTests {
    private static let versions: [TLSServer.Version] = [.tls12, .tls13]

    private static func client(
        _ version: TLSServer.Version = .tls13, _ protocols: [String] = []
    ) throws -> TLSClient.Settings {
        try TLSClient.Settings(versions: version...version, protocols: protocols)
    }

    @Test(arguments: versions)
    func `a session is established in pieces of any size, and bytes go both ways`(
        version: TLSServer.Version
    ) throws {
        let certificates = try Certificates()
        let settings = try TLSClient.Settings(trusting: certificates.authority.certificate, versions: version...version)
        let context = try certificates.serverContext()
        for step in Array(1...40) + [97, 211, 1_000] {
            let dialogue = try ServerDialogue(context, settings, room: step)
            dialogue.run(step: step)
            #expect(dialogue.server.isEstablished && dialogue.client.isEstablished)
            #expect(dialogue.server.application == .unnamed)
            dialogue.client.write(Array("GET / HTTP/1.1\r\n".utf8))
            dialogue.client.write(Array("\r\n".utf8))
            dialogue.run(step: step)
            #expect(dialogue.received == Array("GET / HTTP/1.1\r\n\r\n".utf8))
            dialogue.write("HTTP/1.1 200 OK\r\n\r\n")
            dialogue.run()
            #expect(dialogue.client.received == Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
            #expect(dialogue.failure == nil)
        }
    }

    @Test(arguments: versions)
    func `a megabyte comes whole, whatever room there is for it`(version: TLSServer.Version) throws {
        let context = try Certificates().serverContext()
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for room in [1_000, 16_384, 16_385, 1 << 16] {
            let dialogue = try ServerDialogue(context, Self.client(version), room: room)
            dialogue.run()
            dialogue.client.write(bytes)
            dialogue.run(step: 65_536)
            #expect(dialogue.received == bytes)
        }
    }

    @Test(
        arguments: versions,
        [
            ([], nil, .unnamed), (["h2", "http/1.1"], "h2", .http2), (["http/1.1", "h2"], "h2", .http2),
            (["http/1.1"], "http/1.1", .http1), (["spdy/3", "http/1.1"], "http/1.1", .http1),
        ] as [([String], String?, TLSSession.Application)])
    func `what is spoken is the first of ours that the client names`(
        version: TLSServer.Version, row: (named: [String], chosen: String?, application: TLSSession.Application)
    ) throws {
        let dialogue = try ServerDialogue(Certificates().serverContext(), Self.client(version, row.named))
        dialogue.run()
        #expect(dialogue.server.isEstablished && dialogue.server.application == row.application)
        #expect(dialogue.client.application == row.chosen)
    }

    @Test(arguments: versions)
    func `a client that names only others is refused`(version: TLSServer.Version) throws {
        let dialogue = try ServerDialogue(Certificates().serverContext(), Self.client(version, ["h3", "http/1.0"]))
        dialogue.run()
        #expect(dialogue.failure == .noCommonProtocol && !dialogue.server.isEstablished)
        // no_application_protocol
        #expect(dialogue.client.alert == 120)
    }

    @Test func `versions below TLS 1.2 are not spoken`() throws {
        let dialogue = try ServerDialogue(Certificates().serverContext(), Self.client(.tls1))
        dialogue.run()
        #expect(dialogue.failure == .versionUnsupported && dialogue.client.alert == 70)
    }

    @Test(
        arguments: versions,
        [("none", .noClientCertificate), ("other", .untrusted), ("expired", .untrusted), ("right", nil)]
            as [(String, TLSError?)])
    func `where a CA is named, its certificates let clients in and no others`(
        version: TLSServer.Version, row: (shown: String, failure: TLSError?)
    ) throws {
        let certificates = try Certificates()
        let (clients, others) = (try CertificateAuthority(), try CertificateAuthority())
        let shown: CertificateAuthority.Issued?
        switch row.shown {
        case "none": shown = nil
        case "other": shown = try others.issue("client", for: "DNS:gateway")
        default: shown = try clients.issue("client", for: "DNS:gateway")
        }
        if row.shown == "expired", let shown { try clients.expire(shown) }
        let settings = try TLSClient.Settings(as: shown, versions: version...version, protocols: ["http/1.1"])
        let dialogue = try ServerDialogue(certificates.serverContext(admitting: clients), settings)
        dialogue.run()
        dialogue.client.write(Array("secret".utf8))
        dialogue.run()
        #expect(dialogue.failure == row.failure)
        #expect(dialogue.server.isEstablished == (row.failure == nil))
        #expect(dialogue.received.isEmpty == (row.failure != nil))
    }

    @Test(arguments: versions)
    func `a session is resumed by its ticket, unless clients have to show certificates`(
        version: TLSServer.Version
    ) throws {
        let certificates = try Certificates()
        let own = try certificates.authority.issue("client", for: "DNS:gateway")
        for isChecking in [false, true] {
            let context = try certificates.serverContext(admitting: isChecking ? certificates.authority : nil)
            let settings = try TLSClient.Settings(as: own, versions: version...version)
            let first = try ServerDialogue(context, settings)
            first.run()
            first.client.keepSession()
            let second = try ServerDialogue(context, settings)
            second.run()
            #expect(first.server.isEstablished && second.server.isEstablished && second.failure == nil)
            #expect(second.client.isResumed == !isChecking)
        }
    }

    @Test func `a client gets no other handshake on its connection`() throws {
        let dialogue = try ServerDialogue(Certificates().serverContext(), Self.client(.tls12))
        dialogue.run()
        dialogue.client.renegotiate()
        dialogue.run()
        // Refused by a warning, which this client takes for an end (RFC 5246 section 7.2.2).
        #expect(dialogue.client.hasFailed && dialogue.server.application == .unnamed)
        #expect(dialogue.received.isEmpty)
    }

    @Test func `new keys are answered with new keys`() throws {
        let dialogue = try ServerDialogue(Certificates().serverContext(), Self.client())
        dialogue.run()
        dialogue.client.updateKeys()
        dialogue.client.write(Array("after".utf8))
        dialogue.run()
        dialogue.write("answer")
        dialogue.run()
        #expect(dialogue.received == Array("after".utf8) && dialogue.client.received == Array("answer".utf8))
    }

    @Test func `new keys again and again are followed up to a bound, and anew after a mebibyte`() throws {
        let dialogue = try ServerDialogue(Certificates().serverContext(), Self.client())
        dialogue.run()
        let more = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<2 {
            for _ in 0..<16 {
                dialogue.client.updateKeys()
                dialogue.client.write([0x61])
                dialogue.run()
            }
            dialogue.client.write(more)
            dialogue.run()
        }
        #expect(dialogue.received.count == 2 * (16 + more.count) && dialogue.failure == nil)
        for _ in 0..<16 { dialogue.client.updateKeys() }
        dialogue.client.write(Array("b".utf8))
        dialogue.client.updateKeys()
        dialogue.client.write(more)
        dialogue.run()
        #expect(dialogue.received.last == UInt8(ascii: "b") && dialogue.received.count == 2 * (16 + more.count) + 1)
        #expect(dialogue.failure == .protocolViolation)
    }

    @Test(arguments: versions)
    func `close_notify ends the stream, from either side`(version: TLSServer.Version) throws {
        let context = try Certificates().serverContext()
        let byClient = try ServerDialogue(context, Self.client(version))
        byClient.run()
        byClient.client.write(Array("last".utf8))
        byClient.client.close()
        byClient.run()
        #expect(byClient.received == Array("last".utf8) && byClient.server.isClosedByPeer && byClient.failure == nil)
        let byServer = try ServerDialogue(context, Self.client(version))
        byServer.run()
        byServer.write("last")
        byServer.server.close()
        byServer.run()
        #expect(byServer.client.received == Array("last".utf8) && byServer.client.isClosedByPeer)
    }
}
