import Foundation

/// A certificate authority of a test's own, made with the openssl command. What it wrote is gone with it.
package final class CertificateAuthority: Sendable {
    /// A certificate and its key, in PEM files.
    package struct Issued: Sendable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package struct Failure: Error {}

    /// Whether the tests that need one can run.
    package static let isAvailable = FileManager.default.isExecutableFile(atPath: openssl)
    private static let openssl = "/usr/bin/openssl"

    /// The folder of its files; a test may put more there.
    package let folder: String

    /// The path of its own certificate.
    package var certificate: String { folder + "/ca.pem" }

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ca-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try mint("ca", subject: "Test CA", extensions: "basicConstraints=critical,CA:TRUE", [])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A certificate that it vouches for.
    ///
    /// - Parameter names: what it is for, such as `DNS:localhost,IP:127.0.0.1`.
    package func issue(_ file: String, for names: String) throws -> Issued {
        try mint(
            file, subject: file, extensions: "basicConstraints=critical,CA:FALSE\nsubjectAltName=\(names)",
            ["-CA", certificate, "-CAkey", folder + "/ca.key"])
        return Issued(certificate: "\(folder)/\(file).pem", key: "\(folder)/\(file).key")
    }

    private func mint(_ file: String, subject: String, extensions: String, _ arguments: [String]) throws {
        let settings = "\(folder)/\(file).cnf"
        try "[req]\ndistinguished_name=dn\n[dn]\n[it]\n\(extensions)\n"
            .write(toFile: settings, atomically: false, encoding: .utf8)
        let minting = try ChildProgram(
            Self.openssl,
            [
                "req", "-x509", "-config", settings, "-extensions", "it", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(subject)",
                "-keyout", "\(folder)/\(file).key", "-out", "\(folder)/\(file).pem",
            ] + arguments)
        guard minting.wait() == 0 else { throw Failure() }
    }

    /// Puts a file's content in the place of another's, last written so many seconds ago.
    package func copy(_ source: String, to destination: String, secondsAgo age: Double = 3_600) throws {
        try write(String(contentsOfFile: source, encoding: .utf8), to: destination, secondsAgo: age)
    }

    package func write(_ text: String, to destination: String, secondsAgo age: Double = 3_600) throws {
        try text.write(toFile: destination, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: destination)
    }
}
