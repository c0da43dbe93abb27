import Fixtures
import Foundation
import NIOSSL

/// A certificate for `localhost` that nobody trusts, minted with the openssl command for one test.
struct TestCertificate {
    /// Why the tests that need one would be skipped.
    static let isAvailable = FileManager.default.isExecutableFile(atPath: openssl)
    private static let openssl = "/usr/bin/openssl"

    /// The path of the certificate, which is its own root.
    let path: String
    let context: NIOSSLContext

    /// - Parameters:
    ///   - folder: where certificate and key are written.
    ///   - newest: the newest version of TLS that the server speaks; nil for any.
    init(in folder: TemporaryFolder, newest: TLSVersion? = nil) throws {
        path = folder.path("certificate.pem")
        let key = folder.path("key.pem")
        let minting = try ChildProgram(
            Self.openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", path,
            ])
        minting.wait()
        let chain = try NIOSSLCertificate.fromPEMFile(path).map(NIOSSLCertificateSource.certificate)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.maximumTLSVersion = newest
        context = try NIOSSLContext(configuration: configuration)
    }
}
