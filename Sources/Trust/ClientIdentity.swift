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
