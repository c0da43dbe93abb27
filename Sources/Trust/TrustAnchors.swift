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
