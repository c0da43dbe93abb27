/// A file that somebody chose, and where that was said: what a person needs who is told that something is wrong with it.
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
