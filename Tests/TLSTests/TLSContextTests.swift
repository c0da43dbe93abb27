import Fixtures
import Foundation
import TLS
import Testing

@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct TLSContextTests {
    @Test func `a PEM text has certificates, words between them, and nothing that is cut off`() throws {
        let authority = try CertificateAuthority()
        let certificate = try Certificates.bytes(authority.certificate)
        #expect(TLSCertificates(pem: certificate) != nil)
        #expect(
            TLSCertificates(pem: Array("# ours\n".utf8) + certificate + Array("# theirs\n".utf8) + certificate) != nil)
        let half = certificate.prefix(certificate.count / 2)
        for pem in [[], Array("\n".utf8), Array("no certificate".utf8), Array(half), certificate + half] {
            #expect(TLSCertificates(pem: pem) == nil)
        }
        #expect(TLSCertificates(pem: try Certificates.bytes(authority.folder + "/ca.key")) == nil)
    }

    @Test func `a key has no passphrase`() throws {
        let authority = try CertificateAuthority()
        let path = authority.folder + "/ca.key"
        #expect(TLSPrivateKey(pem: try Certificates.bytes(path)) != nil)
        let locked = authority.folder + "/locked.key"
        let arguments = ["pkcs8", "-topk8", "-in", path, "-out", locked, "-passout", "pass:secret"]
        try #require(ChildProgram("/usr/bin/openssl", arguments).wait() == 0)
        #expect(TLSPrivateKey(pem: try Certificates.bytes(locked)) == nil)
        for pem in [[], Array("no key".utf8), try Certificates.bytes(authority.certificate)] {
            #expect(TLSPrivateKey(pem: pem) == nil)
        }
    }

    @Test func `a certificate and another's key are no identity`() throws {
        let authority = try CertificateAuthority()
        let (one, other) = (try authority.issue("one", for: "DNS:one"), try authority.issue("other", for: "DNS:other"))
        let mixed = CertificateAuthority.Issued(certificate: one.certificate, key: other.key)
        #expect(throws: TLSContext.Failure.keyMismatch) {
            try Certificates.context(trusting: authority.certificate, as: mixed)
        }
        _ = try Certificates.context(trusting: authority.certificate, as: one)
    }

    @Test func `one context serves sessions on several threads`() async throws {
        let certificates = try Certificates()
        let context = try certificates.context()
        let server = certificates.server
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<20).count { _ in
                        guard let session = try? TLSSession(to: .name("redis.internal"), context: context),
                            let server = try? TLSServer(server)
                        else { return false }
                        let dialogue = Dialogue(session, server)
                        return dialogue.failure() == nil && dialogue.isEstablished
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [20, 20, 20, 20])
    }
}
