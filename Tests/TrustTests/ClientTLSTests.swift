import Fixtures
import Foundation
import NIOSSL
import Testing
import Trust

@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct ClientTLSTests {
    private func anchors(_ path: String) -> TrustAnchors {
        .file(NamedFile(path, key: "tls.ca_file"))
    }

    private func identity(_ certificate: String, _ key: String) -> ClientIdentity {
        ClientIdentity(
            certificate: NamedFile(certificate, key: "sessions.redis.tls.cert_file"),
            key: NamedFile(key, key: "sessions.redis.tls.key_file"))
    }

    private func problem(_ anchors: TrustAnchors, as identity: ClientIdentity? = nil) -> String {
        do throws(TrustProblem) {
            _ = try ClientTLS(trusting: anchors, as: identity).context()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `the certificates of a named file are trusted, and no others`() throws {
        let authority = try CertificateAuthority()
        let configuration = try ClientTLS(trusting: anchors(authority.certificate)).configuration()
        let certificates = try NIOSSLCertificate.fromPEMFile(authority.certificate)
        #expect(configuration.trustRoots == .certificates(certificates))
        #expect(configuration.additionalTrustRoots.isEmpty)
        #expect(configuration.minimumTLSVersion == .tlsv12)
        #expect(configuration.certificateVerification == .fullVerification)
    }

    @Test func `a file is read again when it changed, and only then`() throws {
        let authority = try CertificateAuthority()
        let other = try CertificateAuthority()
        let file = authority.folder + "/trusted.pem"
        try authority.copy(authority.certificate, to: file, secondsAgo: 100)
        let tls = ClientTLS(trusting: anchors(file))
        let first = try tls.context()
        #expect(try tls.context() === first)
        try authority.copy(other.certificate, to: file, secondsAgo: 90)
        let second = try tls.context()
        #expect(second !== first)
        #expect(try tls.configuration().trustRoots == .certificates(NIOSSLCertificate.fromPEMFile(file)))
        try authority.write("", to: file, secondsAgo: 80)
        #expect(throws: TrustProblem.noAnchors(NamedFile(file, key: "tls.ca_file"))) { try tls.context() }
        try FileManager.default.removeItem(atPath: file)
        #expect(throws: TrustProblem.self) { try tls.context() }
        try authority.copy(authority.certificate, to: file, secondsAgo: 70)
        #expect(try tls.context() !== second)
    }

    @Test func `a renewed client certificate is taken with its key`() throws {
        let authority = try CertificateAuthority()
        let files = try authority.issue("client", for: "DNS:client")
        let renewed = try authority.issue("renewed", for: "DNS:client")
        for file in [files.certificate, files.key] { try authority.copy(file, to: file, secondsAgo: 100) }
        let tls = ClientTLS(trusting: anchors(authority.certificate), as: identity(files.certificate, files.key))
        let first = try tls.context()
        try authority.copy(renewed.certificate, to: files.certificate, secondsAgo: 90)
        #expect(throws: TrustProblem.keyMismatch(identity(files.certificate, files.key))) { try tls.context() }
        try authority.copy(renewed.key, to: files.key, secondsAgo: 90)
        #expect(try tls.context() !== first)
    }

    @Test func `certificates that were replaced while the key could not be read count when it can again`() throws {
        let authority = try CertificateAuthority()
        let other = try CertificateAuthority()
        let files = try authority.issue("client", for: "DNS:client")
        for file in [files.certificate, files.key] { try authority.copy(file, to: file, secondsAgo: 100) }
        let trusted = authority.folder + "/trusted.pem"
        try authority.copy(authority.certificate, to: trusted, secondsAgo: 100)
        let tls = ClientTLS(trusting: anchors(trusted), as: identity(files.certificate, files.key))
        let first = try tls.context()
        try authority.copy(other.certificate, to: trusted, secondsAgo: 90)
        try FileManager.default.moveItem(atPath: files.key, toPath: files.key + ".away")
        #expect(throws: TrustProblem.self) { try tls.context() }
        try FileManager.default.moveItem(atPath: files.key + ".away", toPath: files.key)
        #expect(try tls.context() !== first)
        #expect(try tls.configuration().trustRoots == .certificates(NIOSSLCertificate.fromPEMFile(trusted)))
    }

    @Test func `a file of certificates may have several, words between them, and one twice`() throws {
        let authority = try CertificateAuthority()
        let other = try CertificateAuthority()
        let texts = try [authority, other, authority].map {
            try String(contentsOfFile: $0.certificate, encoding: .utf8)
        }
        let file = authority.folder + "/bundle.pem"
        try authority.write("# ours\n" + texts.joined(separator: "\n# theirs\n") + "\n", to: file)
        #expect(problem(anchors(file)) == "")
    }

    @Test func `what is wrong with a file of certificates is said with its name and its key`() throws {
        let authority = try CertificateAuthority()
        let start = "there are no certificates to trust: "
        let none = authority.folder + "/none.pem"
        #expect(
            problem(anchors(none)).hasPrefix(start + "\(none) (tls.ca_file) can't be read: no such file; it should"))
        let folder = authority.folder
        #expect(problem(anchors(folder)).hasPrefix(start + "\(folder) (tls.ca_file) can't be read: it is not a"))
        let certificate = try String(contentsOfFile: authority.certificate, encoding: .utf8)
        let half = certificate.prefix(200)
        for text in ["", "\n", "no certificate", String(half), certificate + half] {
            let file = authority.folder + "/bad.pem"
            try authority.write(text, to: file)
            #expect(problem(anchors(file)).hasPrefix(start + "\(file) (tls.ca_file) is empty, or holds something"))
        }
        #expect(problem(anchors(authority.folder + "/ca.key")).contains("ca.key (tls.ca_file) is empty, or holds"))
    }

    @Test func `what is wrong with a client certificate is said with its name and its key`() throws {
        let authority = try CertificateAuthority()
        let roots = anchors(authority.certificate)
        let files = try authority.issue("client", for: "DNS:client")
        let other = try authority.issue("other", for: "DNS:other")
        let none = authority.folder + "/none"
        #expect(problem(roots, as: identity(files.certificate, files.key)) == "")
        for (certificate, key, words) in [
            (none, files.key, "none (sessions.redis.tls.cert_file) can't be read: no such file"),
            (files.key, files.key, "client.key (sessions.redis.tls.cert_file) is empty, or holds"),
            (files.certificate, none, "none (sessions.redis.tls.key_file) can't be read: no such file"),
            (files.certificate, files.certificate, "client.pem (sessions.redis.tls.key_file) holds no private key"),
            (files.certificate, other.key, "are not a pair"),
        ] {
            let problem = problem(roots, as: identity(certificate, key))
            #expect(problem.contains(words), "\(problem)")
        }
    }

    @Test func `of the system's files the first that is there counts`() throws {
        let authority = try CertificateAuthority()
        let none = authority.folder + "/none"
        let certificates = try NIOSSLCertificate.fromPEMFile(authority.certificate)
        let tls = ClientTLS(trusting: .system, systemFiles: [none, authority.certificate, authority.folder])
        #expect(try tls.configuration().trustRoots == .certificates(certificates))
        #expect(throws: TrustProblem.noSystemAnchors) {
            try ClientTLS(trusting: .system, systemFiles: [none, none]).context()
        }
        try authority.write("", to: none)
        #expect(throws: TrustProblem.noAnchors(NamedFile(none, key: "the system's"))) {
            try ClientTLS(trusting: .system, systemFiles: [none, authority.certificate]).context()
        }
    }

    @Test func `without the system's certificates the words are what to do`() {
        let words = "\(TrustProblem.noSystemAnchors)"
        #expect(words.hasPrefix("there are no certificates to trust: /etc/ssl/certs/ca-certificates.crt and "))
        #expect(words.contains("install the package ca-certificates, or name a PEM file with tls.ca_file or SSL_CERT"))
    }
}
