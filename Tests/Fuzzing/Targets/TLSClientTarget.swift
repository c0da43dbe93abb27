import Bytes
import TLS

extension FuzzTarget {
    /// Who does not know the session's keys never establishes it, and one that failed stays failed, whatever a server
    /// sends. The first byte says in pieces of how many bytes.
    static let tlsClient = FuzzTarget(name: "tls-client") { input in
        guard let context else { return expect(false, "the certificate can be read") }
        guard input.byteCount > 1 else { return }
        let step = 1 + Int(input[byte: 0])
        let flight = input.extracting(1..<input.byteCount)
        do throws(TLSError) {
            var session = try TLSSession(to: .name("redis.internal"), context: context)
            expect(session.hasOutput, "a ClientHello comes first")
            try session.write(plaintext: ping.rawSpan)
            var failure: TLSError?
            var start = 0
            while start < flight.byteCount {
                let piece = flight.extracting(start..<min(start + step, flight.byteCount))
                let result = advance(&session, by: piece)
                if let failure { expect(result == failure, "a session that failed stays failed") }
                failure = result
                expect(!session.isEstablished, "only who has the key of a trusted certificate gets a session")
                start += step
            }
            session.close()
        } catch {
            expect(false, "a session begins")
        }
    }

    private static let ping: StaticString = "PING\r\n"

    /// Nobody has the key of its certificate any more.
    private static let context: TLSContext? = {
        let anchors = TLSCertificates(pem: Array(anchor.utf8))
        return anchors.flatMap { try? TLSContext(trusting: $0) }
    }()

    private static func advance(_ session: inout TLSSession, by piece: RawSpan) -> TLSError? {
        do throws(TLSError) {
            try session.receive(ciphertext: piece)
            let isOpen = try session.read { _ in expect(false, "nothing is read before the handshake is complete") }
            expect(isOpen != session.isClosedByPeer, "a stream that ended says so")
            session.send { ($0.byteCount + 1) / 2 }
            return nil
        } catch {
            return error
        }
    }

    private static let anchor = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATygAwIBAgIUVxPaxsx8XKNfAWHpjsatlCLiw/wwCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHRnV6emluZzAgFw0yNjExMjgwNzE3MjJaGA8yMTI2MTEwNDA3
        MTcyMlowEjEQMA4GA1UEAwwHRnV6emluZzBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABDrK8ZrG0z/0BRa9QkoISbt8W5kKotl4UC5/DavTsCeD1kpn0ihiKlb4ina6
        Po9/gmuvvEWnbULOEx2FGn79XkKjbjBsMB0GA1UdDgQWBBSxDJqcjDevVX4yMB8K
        L/HNZMTdhDAfBgNVHSMEGDAWgBSxDJqcjDevVX4yMB8KL/HNZMTdhDAPBgNVHRMB
        Af8EBTADAQH/MBkGA1UdEQQSMBCCDnJlZGlzLmludGVybmFsMAoGCCqGSM49BAMC
        A0cAMEQCIE2PJeDFSzrwWTBa/05Mm7UH2tedwkjBhg1muv/pXzFhAiAg1N4oHZaR
        qQY6OTtlt7w/jPnQtUpzNP5NvY7g7lIOSA==
        -----END CERTIFICATE-----
        """
}
