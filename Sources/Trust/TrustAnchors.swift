/// Whose certificates vouch for a server (RFC 5280 section 6.1.1 d). A file that was named stands alone: the system's
/// certificates are not trusted beside it.
package enum TrustAnchors: Hashable, Sendable {
    /// Of the operating system.
    case system
    /// Of a PEM file.
    case file(NamedFile)

    /// Where distributions keep the certificates that they trust: Debian and its kin, Fedora and its kin.
    package static let systemFiles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
}

/// Who we are for a server that asks (RFC 8446 section 4.4.2): a certificate, with those that lead to its root, and its
/// key.
package struct ClientIdentity: Hashable, Sendable {
    package var certificate: NamedFile
    package var key: NamedFile

    package init(certificate: NamedFile, key: NamedFile) {
        self.certificate = certificate
        self.key = key
    }
}

/// A file of the configuration or the environment, with the key that names it: what an error message needs.
package struct NamedFile: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// The key of the configuration, or the environment variable, such as `tls.ca_file` or `SSL_CERT_FILE`.
    package var key: String

    package init(_ path: String, key: String) {
        self.path = path
        self.key = key
    }

    /// `/etc/ca.pem (tls.ca_file)`
    package var description: String { "\(path) (\(key))" }
}
