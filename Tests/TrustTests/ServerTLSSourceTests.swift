import Bytes
import Fixtures
import Foundation
import TLS
import Testing
import Trust

/// The files that TLS is served by.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct ServerTLSSourceTests {
    private let authority: CertificateAuthority
    private let own: CertificateAuthority.Issued
    private let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))

    init() throws {
        authority = try CertificateAuthority()
        own = try authority.issue("server", for: "DNS:localhost")
    }

    private func files(
        certificate: String? = nil, key: String? = nil, clients: String? = nil
    ) -> ServerFiles {
        ServerFiles(
            certificate: NamedFile(certificate ?? own.certificate, key: "tls.server.cert_file"),
            key: NamedFile(key ?? own.key, key: "tls.server.key_file"),
            clientAnchors: clients.map { NamedFile($0, key: "tls.server.client_ca_file") })
    }

    private func problem(_ files: ServerFiles, at now: Timestamp? = nil) -> String? {
        ServerTLSSource.Reading(of: files, at: now ?? self.now).problem?.description
    }

    @Test func `each fault is said with its file and its key`() throws {
        let other = try authority.issue("other", for: "DNS:localhost")
        let (empty, folder) = (authority.folder + "/empty", authority.folder)
        try authority.write("", to: empty)
        #expect(problem(files()) == nil && problem(files(clients: authority.certificate)) == nil)
        #expect(
            problem(files(certificate: "/nowhere.pem"))
                == "/nowhere.pem (tls.server.cert_file) can't be read: no such file")
        #expect(
            problem(files(key: folder))
                == "\(folder) (tls.server.key_file) can't be read: it is not a regular file")
        #expect(
            problem(files(certificate: empty))?.hasPrefix("\(empty) (tls.server.cert_file) is empty, or holds") == true)
        #expect(problem(files(key: own.certificate))?.contains("(tls.server.key_file) holds no private key") == true)
        #expect(problem(files(clients: empty))?.hasPrefix("\(empty) (tls.server.client_ca_file) is empty") == true)
        #expect(problem(files(key: other.key))?.contains("are not a pair") == true)
        #expect(
            problem(files(), at: Timestamp(seconds: now.seconds + 3 * 86_400))
                == "the certificate in \(own.certificate) (tls.server.cert_file) has expired; have it renewed")
        try authority.expire(own)
        #expect(problem(files())?.hasSuffix("has expired; have it renewed") == true)
    }

    @Test func `files with an error leave what was read before, once told`() throws {
        let source = ServerTLSSource(ServerTLSSource.Reading(of: files(), at: now))
        let first = try #require(source.context)
        let key = try String(contentsOfFile: own.key, encoding: .utf8)
        try authority.write("nonsense", to: own.key)
        let broken = ServerTLSSource.Reading(of: files(), at: now)
        #expect(source.updateSame(broken) == .refused(.noKey(files().key)))
        #expect(source.updateSame(broken) == .none)
        #expect(source.context === first && source.problem?.hasPrefix("tls.server: \(own.key)") == true)
        #expect(source.figures.isRefused && source.figures.done == 1 && source.figures.refused == 2)
        try authority.write(key, to: own.key)
        #expect(source.updateSame(ServerTLSSource.Reading(of: files(), at: now)) == .done)
        #expect(source.context !== first && source.problem == nil && !source.figures.isRefused)
    }

    @Test func `what was read of files that are not looked at any more is nothing`() throws {
        let source = ServerTLSSource(ServerTLSSource.Reading(of: files(), at: now))
        let other = try authority.issue("other", for: "DNS:localhost")
        let next = ServerTLSSource.Reading(of: files(certificate: other.certificate, key: other.key), at: now)
        #expect(source.updateSame(next) == .none)
        #expect(source.update(next) == .done)
        #expect(source.reading?.files == next.files)
    }

    @Test func `where TLS is not served there is nothing to serve it by`() {
        let source = ServerTLSSource(nil)
        #expect(source.context == nil && source.reading == nil && source.problem == nil)
    }
}
