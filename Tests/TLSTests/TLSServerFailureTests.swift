import Bytes
import Fixtures
import TLS
import Testing

/// What no client sends.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct TLSServerFailureTests {
    private static let versions: [TLSServer.Version] = [.tls12, .tls13]

    @Test(
        arguments: [
            ("GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n", .notTLS), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .notTLS),
            ("CONNECT a:1 HTTP/1.1\r\n\r\n", .notTLS), ("SSH-2.0-OpenSSH_9.2\r\n", .notTLS),
        ] as [(String, TLSError)])
    func `what is no TLS fails at once`(text: String, failure: TLSError) throws {
        let settings = try TLSClient.Settings(versions: .tls13 ... .tls13)
        let dialogue = try ServerDialogue(Certificates().serverContext(), settings)
        dialogue.receive(Array(text.utf8))
        #expect(dialogue.failure == failure)
        // It stays failed.
        dialogue.receive(dialogue.client.takeOutput())
        #expect(dialogue.failure == failure && !dialogue.server.isEstablished)
    }

    @Test(arguments: versions)
    func `a handshake that stops anywhere is neither established nor failed`(version: TLSServer.Version) throws {
        let context = try Certificates().serverContext()
        let settings = try TLSClient.Settings(versions: version...version)
        let hello = try TLSClient(settings).takeOutput()
        for count in hello.indices {
            let dialogue = try ServerDialogue(context, settings)
            dialogue.receive(Array(hello[..<count]))
            #expect(dialogue.failure == nil && !dialogue.server.isEstablished && !dialogue.server.hasOutput)
            #expect(dialogue.server.memory <= hello.count)
        }
    }

    /// A ClientHello is not authenticated before the handshake's end: some changes are a different offer.
    @Test(arguments: versions)
    func `a handshake one bit of which was changed is never established`(version: TLSServer.Version) throws {
        let context = try Certificates().serverContext()
        let settings = try TLSClient.Settings(versions: version...version)
        let size = try TLSClient(settings).takeOutput().count
        for place in 0..<size {
            let dialogue = try ServerDialogue(context, settings)
            var hello = dialogue.client.takeOutput()
            // The version of the first record is nobody's (RFC 8446 section 5.1).
            guard place < hello.count, place != 1, place != 2 else { continue }
            hello[place] ^= 1
            dialogue.receive(hello)
            dialogue.client.receive(dialogue.takeOutput())
            dialogue.run()
            #expect(!(dialogue.server.isEstablished && dialogue.client.isEstablished), "byte \(place)")
        }
    }

    @Test func `a record that is too long, and a message, fail`() throws {
        let context = try Certificates().serverContext()
        let settings = try TLSClient.Settings(versions: .tls13 ... .tls13)
        let record = try ServerDialogue(context, settings)
        record.receive([22, 3, 1, 0x48, 0x01] + [UInt8](repeating: 1, count: 0x4801))
        #expect(record.failure == .handshakeFailed)
        // A ClientHello that says it has 16 MiB.
        let message = try ServerDialogue(context, settings)
        message.receive([22, 3, 1, 0, 9, 1, 0xFF, 0xFF, 0xFF, 3, 3, 0, 0, 0])
        #expect(message.failure == .handshakeFailed)
        let established = try ServerDialogue(context, settings)
        established.run()
        established.receive([23, 3, 3, 0x41, 0x01] + [UInt8](repeating: 1, count: 0x4101))
        #expect(established.failure == .protocolViolation)
    }

    @Test func `what came before a record that is wrong is given, and then it fails`() throws {
        let settings = try TLSClient.Settings(versions: .tls13 ... .tls13)
        let dialogue = try ServerDialogue(Certificates().serverContext(), settings)
        dialogue.run()
        dialogue.client.write(Array("good".utf8))
        var records = dialogue.client.takeOutput()
        dialogue.client.write(Array("bad".utf8))
        let second = dialogue.client.takeOutput()
        records += second.dropLast() + [second.last.map { $0 ^ 1 } ?? 0]
        dialogue.receive(records)
        #expect(dialogue.received == Array("good".utf8) && dialogue.failure == .protocolViolation)
        #expect(!dialogue.takeOutput().isEmpty)
    }

    @Test func `a key that is another certificate's is no identity`() throws {
        let certificates = try Certificates()
        let other = try certificates.authority.issue("other", for: "DNS:a")
        let identity = TLSContext.Identity(
            chain: try Certificates.certificates(certificates.server.certificate), key: try Certificates.key(other.key))
        #expect(throws: TLSServerContext.Failure.keyMismatch) { _ = try TLSServerContext(as: identity) }
    }
}
