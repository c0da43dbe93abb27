import Bytes
import Fixtures
import Foundation
import TLS
import Testing
import Trust

@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct TLSContextSourceTests {
    private func anchors(_ path: String) -> TrustAnchors {
        .file(NamedFile(path, key: "tls.ca_file"))
    }

    private func identity(_ certificate: String, _ key: String) -> ClientIdentity {
        ClientIdentity(
            certificate: NamedFile(certificate, key: "sessions.redis.tls.cert_file"),
            key: NamedFile(key, key: "sessions.redis.tls.key_file"))
    }

    private func problem(of context: () throws(TrustProblem) -> Void) -> TrustProblem? {
        do throws(TrustProblem) {
            try context()
            return nil
        } catch {
            return error
        }
    }

    /// How the handshake of a client with this context ends.
    private func failure(_ context: TLSContext, with server: TLSServer) throws -> TLSError? {
        do throws(TLSError) {
            var client = try TLSSession(to: .name("redis.internal"), context: context)
            for _ in 0..<4 {
                while client.hasOutput {
                    client.send { output in
                        server.receive([UInt8](copying: output))
                        return output.byteCount
                    }
                }
                try client.receive(ciphertext: server.takeOutput().span.bytes)
                _ = try client.read { _ in }
            }
            return client.isEstablished ? nil : .handshakeFailed
        } catch {
            return error
        }
    }

    @Test func `a file is read again when it changed, and only then`() throws {
        let authority = try CertificateAuthority()
        let other = try CertificateAuthority()
        let own = try authority.issue("server", for: "DNS:redis.internal")
        let file = authority.folder + "/trusted.pem"
        try authority.copy(other.certificate, to: file, secondsAgo: 100)
        let source = TLSContextSource(trusting: anchors(file))
        let first = try source.context()
        #expect(try source.context() === first)
        #expect(try failure(first, with: TLSServer(own)) == .untrusted)
        try authority.copy(authority.certificate, to: file, secondsAgo: 90)
        let second = try source.context()
        #expect(second !== first)
        #expect(try failure(second, with: TLSServer(own)) == nil)
        try authority.write("", to: file, secondsAgo: 80)
        #expect(throws: TrustProblem.noAnchors(NamedFile(file, key: "tls.ca_file"))) { try source.context() }
        try FileManager.default.removeItem(atPath: file)
        #expect(throws: TrustProblem.self) { try source.context() }
        try authority.copy(authority.certificate, to: file, secondsAgo: 70)
        #expect(try source.context() !== second)
    }

    @Test func `a renewed client certificate is taken with its key`() throws {
        let authority = try CertificateAuthority()
        let own = try authority.issue("server", for: "DNS:redis.internal")
        let files = try authority.issue("client", for: "DNS:client")
        let renewed = try authority.issue("renewed", for: "DNS:client")
        for file in [files.certificate, files.key] { try authority.copy(file, to: file, secondsAgo: 100) }
        let identity = identity(files.certificate, files.key)
        let source = TLSContextSource(trusting: anchors(authority.certificate), as: identity)
        let first = try source.context()
        try authority.copy(renewed.certificate, to: files.certificate, secondsAgo: 90)
        #expect(throws: TrustProblem.keyMismatch(identity)) { try source.context() }
        #expect(throws: TrustProblem.keyMismatch(identity)) { try source.context() }
        try authority.copy(renewed.key, to: files.key, secondsAgo: 90)
        let second = try source.context()
        #expect(second !== first)
        let server = try TLSServer(own, checking: .required(authority: authority.certificate))
        #expect(try failure(second, with: server) == nil)
        #expect(server.isEstablished)
    }

    @Test func `certificates that were replaced while the key could not be read count when it can again`() throws {
        let authority = try CertificateAuthority()
        let other = try CertificateAuthority()
        let own = try authority.issue("server", for: "DNS:redis.internal")
        let files = try authority.issue("client", for: "DNS:client")
        for file in [files.certificate, files.key] { try authority.copy(file, to: file, secondsAgo: 100) }
        let trusted = authority.folder + "/trusted.pem"
        try authority.copy(authority.certificate, to: trusted, secondsAgo: 100)
        let source = TLSContextSource(trusting: anchors(trusted), as: identity(files.certificate, files.key))
        #expect(try failure(source.context(), with: TLSServer(own)) == nil)
        try authority.copy(other.certificate, to: trusted, secondsAgo: 90)
        try FileManager.default.moveItem(atPath: files.key, toPath: files.key + ".away")
        #expect(throws: TrustProblem.self) { try source.context() }
        try FileManager.default.moveItem(atPath: files.key + ".away", toPath: files.key)
        #expect(try failure(source.context(), with: TLSServer(own)) == .untrusted)
    }

    /// Both libraries are given the same files, and say the same of them.
    @Test func `what is wrong with a file is said as it is for the client in the background`() throws {
        let authority = try CertificateAuthority()
        let files = try authority.issue("client", for: "DNS:client")
        let other = try authority.issue("other", for: "DNS:other")
        let (none, bad, folder) = (authority.folder + "/none.pem", authority.folder + "/bad.pem", authority.folder)
        let certificate = try String(contentsOfFile: authority.certificate, encoding: .utf8)
        try authority.write(certificate + certificate.prefix(200), to: bad)
        let empty = authority.folder + "/empty.pem"
        try authority.write("\n", to: empty)
        let named = [none, bad, empty, folder, files.key, authority.certificate].map(anchors)
        let identities = [
            nil, identity(files.certificate, files.key), identity(none, files.key), identity(files.key, files.key),
            identity(bad, files.key), identity(files.certificate, none), identity(files.certificate, empty),
            identity(files.certificate, files.certificate), identity(files.certificate, other.key),
        ]
        var problems: Set<TrustProblem?> = []
        for trusted in named {
            for identity in identities {
                let source = TLSContextSource(trusting: trusted, as: identity)
                let tls = ClientTLS(trusting: trusted, as: identity)
                let problem = problem { () throws(TrustProblem) in _ = try source.context() }
                #expect(problem == self.problem { () throws(TrustProblem) in _ = try tls.context() })
                problems.insert(problem)
            }
        }
        #expect(problems.count == 13)
    }

    @Test func `of the system's files the first that is there counts`() throws {
        let authority = try CertificateAuthority()
        let own = try authority.issue("server", for: "DNS:redis.internal")
        let none = authority.folder + "/none"
        let source = TLSContextSource(trusting: .system, systemFiles: [none, authority.certificate, authority.folder])
        #expect(try failure(source.context(), with: TLSServer(own)) == nil)
        #expect(throws: TrustProblem.noSystemAnchors) {
            try TLSContextSource(trusting: .system, systemFiles: [none, none]).context()
        }
    }
}
