import Fixtures
import Foundation
import Testing
import Trust

@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct CertificateDatesTests {
    private let authority: CertificateAuthority
    private let own: CertificateAuthority.Issued
    private let dates = CertificateDates()
    private let lifetime: ClosedRange<Int64>

    /// Certificates that are good for two days.
    init() throws {
        let before = Int64(Date().timeIntervalSince1970)
        authority = try CertificateAuthority()
        own = try authority.issue("server", for: "DNS:localhost")
        lifetime = (before + 2 * 86_400 - 1)...(Int64(Date().timeIntervalSince1970) + 2 * 86_400 + 1)
    }

    private func file(_ path: String) -> NamedFile { NamedFile(path, key: "tls.server.cert_file") }

    @Test func `a certificate's end is told by its file, each once, in the order of the paths`() throws {
        let found = dates.dates(of: [own.certificate, authority.certificate, own.certificate].map(file))
        #expect(found.map(\.path) == [authority.certificate, own.certificate].sorted())
        #expect(found.allSatisfy { lifetime.contains($0.notAfter) })
        #expect(dates.dates(of: [own.certificate, authority.certificate].map(file)) == found, "not read again")
    }

    @Test func `of several certificates in a file the one counts that expires first`() throws {
        let first = try String(contentsOfFile: own.certificate, encoding: .utf8)
        let other = try authority.issue("other", for: "DNS:localhost")
        try authority.expire(other)
        let expired = try String(contentsOfFile: other.certificate, encoding: .utf8)
        let chain = authority.folder + "/chain.pem"
        for text in [first + expired, expired + first] {
            try authority.write(text, to: chain)
            let found = try #require(dates.dates(of: [file(chain)]).first)
            #expect(found.notAfter < lifetime.lowerBound - 86_400)
        }
    }

    @Test func `a file that changes is read again, and one that can't be read has no date`() throws {
        let path = authority.folder + "/changing.pem"
        #expect(dates.dates(of: [file(path)]) == [])
        try authority.write("nonsense", to: path)
        #expect(dates.dates(of: [file(path)]) == [])
        try authority.copy(own.certificate, to: path)
        #expect(dates.dates(of: [file(path)]).map(\.path) == [path])
        try authority.write("", to: path)
        #expect(dates.dates(of: [file(path)]) == [])
        #expect(dates.dates(of: []) == [])
        try FileManager.default.removeItem(atPath: path)
        #expect(dates.dates(of: [file(path)]) == [])
    }
}
