import Bytes
import Fixtures
import TLS
import Testing

/// Each way to fail has its own error.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct TLSErrorTests {
    private static let versions: [TLSServer.Version] = [.tls12, .tls13]

    @Test(arguments: versions)
    func `the certificate must be for the name, and partial wildcards don't count`(
        version: TLSServer.Version
    ) throws {
        let certificates = try Certificates()
        for (server, failure) in [
            (TLSSession.Server.name("redis.internal"), nil), (.name("REDIS.internal"), nil),
            (.name("a.example.test"), nil), (.address("192.0.2.7"), nil), (.address("2001:db8::7"), nil),
            (.name("a.b.example.test"), .nameMismatch), (.name("example.test"), .nameMismatch),
            (.name("other.internal"), .nameMismatch), (.address("192.0.2.8"), .nameMismatch),
            (.address("::1"), .nameMismatch), (.name("192.0.2.7"), nil), (.name("192.0.2.8"), .nameMismatch),
        ] as [(TLSSession.Server, TLSError?)] {
            let dialogue = try certificates.dialogue(with: server, version: version)
            #expect(dialogue.failure() == failure, "\(server)")
            #expect(dialogue.isEstablished == (failure == nil))
        }
    }

    @Test func `the server is asked for a name, and never for an address`() throws {
        let certificates = try Certificates()
        for (server, name) in [
            (.name("redis.internal"), "redis.internal"), (.name("192.0.2.7"), nil), (.address("192.0.2.7"), nil),
        ] as [(TLSSession.Server, String?)] {
            let dialogue = try certificates.dialogue(with: server)
            try dialogue.run()
            #expect(dialogue.server.askedName == name)
        }
    }

    @Test func `no name is taken that can be none`() throws {
        let context = try Certificates().context()
        for server in [TLSSession.Server.name(""), .address(""), .address("redis.internal"), .address("192.0.2.7.1")] {
            do throws(TLSError) {
                _ = try TLSSession(to: server, context: context)
                Issue.record("\(server) is taken")
            } catch {
                #expect(error == .handshakeFailed)
            }
        }
    }

    @Test(arguments: versions)
    func `a certificate must be trusted, and valid today`(version: TLSServer.Version) throws {
        let certificates = try Certificates()
        let stranger = try CertificateAuthority()
        let session = try TLSSession(
            to: .name("redis.internal"), context: Certificates.context(trusting: stranger.certificate))
        let dialogue = Dialogue(session, try TLSServer(certificates.server, version: version))
        #expect(dialogue.failure() == .untrusted)
        let expired = try certificates.authority.issue("expired", for: "DNS:redis.internal")
        try certificates.authority.expire(expired)
        let late = Dialogue(
            try TLSSession(to: .name("redis.internal"), context: certificates.context()),
            try TLSServer(expired, version: version))
        #expect(late.failure() == .untrusted)
    }

    @Test func `after a failure the alert is in the output, and each call fails the same way`() throws {
        let dialogue = try Certificates().dialogue(with: .name("other.internal"))
        dialogue.server.receive(dialogue.takeOutput())
        #expect(throws: TLSError.nameMismatch) { try dialogue.receive(dialogue.server.takeOutput()) }
        #expect(dialogue.hasOutput)
        #expect(throws: TLSError.nameMismatch) { try dialogue.receive([]) }
        #expect(throws: TLSError.nameMismatch) { try dialogue.write("PING") }
        dialogue.client.close()
        dialogue.server.receive(dialogue.takeOutput())
        #expect(!dialogue.isEstablished && !dialogue.server.isEstablished)
    }

    @Test func `a server that wants a client certificate lets in who has one that it trusts`() throws {
        let certificates = try Certificates()
        let check = TLSServer.ClientCheck.required(authority: certificates.authority.certificate)
        let client = try certificates.authority.issue("client", for: "DNS:resolver")
        let strangers = try CertificateAuthority()
        let stranger = try strangers.issue("stranger", for: "DNS:resolver")
        for version in Self.versions {
            let known = try certificates.dialogue(as: client, checking: check, version: version)
            #expect(known.failure() == nil)
            #expect(known.server.isEstablished && known.isEstablished)
            let foreign = try certificates.dialogue(as: stranger, checking: check, version: version)
            #expect(foreign.failure() == .clientCertificateUntrusted)
            let none = try certificates.dialogue(checking: check, version: version)
            #expect(none.failure() == (version == .tls13 ? .clientCertificateRequired : .handshakeFailed))
        }
        withExtendedLifetime(strangers) {}
    }

    @Test func `a server of TLS 1.0 is refused`() throws {
        #expect(try Certificates().dialogue(version: .tls1).failure() == .handshakeFailed)
    }

    @Test(arguments: [
        "-ERR unknown command\r\n", "-NOAUTH Authentication required.\r\n", "+PONG\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "220 smtp.example.test ESMTP\r\n", "\0\0\0\0\0\0\0\0",
    ])
    func `what is no TLS is told apart, in any pieces`(text: String) throws {
        for step in [1, 2, 5, 100] {
            let dialogue = try Certificates().dialogue()
            #expect(throws: TLSError.notTLS) {
                let bytes = Array(text.utf8)
                for start in stride(from: 0, to: bytes.count, by: step) {
                    try dialogue.receive(Array(bytes[start..<min(start + step, bytes.count)]))
                }
            }
        }
    }

    @Test func `a stream that is cut off is no end and no error`() throws {
        let certificates = try Certificates()
        let dialogue = try certificates.dialogue()
        dialogue.server.receive(dialogue.takeOutput())
        let flight = dialogue.server.takeOutput()
        try dialogue.receive(Array(flight.prefix(flight.count / 2)))
        #expect(dialogue.isOpen && !dialogue.isEstablished)
    }

    @Test func `a record that was changed on the way fails, before the handshake and after`() throws {
        let certificates = try Certificates()
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<40 {
            let dialogue = try certificates.dialogue()
            dialogue.server.receive(dialogue.takeOutput())
            var flight = dialogue.server.takeOutput()
            // The last bytes are the server's Finished, which covers all messages.
            flight[flight.count - 1 - Int.random(in: 0..<16, using: &generator)] ^= 1
            #expect(throws: TLSError.handshakeFailed) { try dialogue.receive(flight) }
            #expect(!dialogue.isEstablished)
        }
        let dialogue = try certificates.dialogue()
        try dialogue.run()
        dialogue.server.write(Array("+PONG\r\n".utf8))
        var record = dialogue.server.takeOutput()
        record[record.count - 1] ^= 1
        #expect(throws: TLSError.protocolViolation) { try dialogue.receive(record) }
        #expect(dialogue.received.isEmpty)
    }

    @Test func `the server's close during the handshake ends the stream`() throws {
        let dialogue = try Certificates().dialogue()
        // An alert (RFC 8446 section 6) that is a warning: close_notify.
        try dialogue.receive([0x15, 0x03, 0x03, 0x00, 0x02, 0x01, 0x00])
        #expect(!dialogue.isOpen && !dialogue.isEstablished)
    }

    @Test func `random bytes never establish a session`() throws {
        let certificates = try Certificates()
        let context = try certificates.context()
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let session = try TLSSession(to: .name("redis.internal"), context: context)
            let dialogue = Dialogue(session, try TLSServer(certificates.server))
            dialogue.server.receive(dialogue.takeOutput())
            var flight = dialogue.server.takeOutput()
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                flight[Int.random(in: 0..<flight.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            flight.append(contentsOf: (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) })
            _ = try? dialogue.receive(flight)
            // A byte may have got its own value; then the garbage behind it has failed it.
            #expect(dialogue.received.isEmpty)
        }
    }
}
