import Redis
import Trust
import Worker

/// What a test says of TLS, as the configuration does.
struct TLSFiles {
    var anchors: TrustAnchors
    var identity: ClientIdentity?
    var serverName: String?

    /// Trusts the certificates of a file.
    init(trusting path: String) {
        anchors = .file(NamedFile(path, key: "tls.ca_file"))
    }

    /// Trusts those of the system.
    init() {
        anchors = .system
    }

    func settings(for address: RedisAddress) -> TLSSettings? {
        guard case .tls(let host, _) = address.endpoint else { return nil }
        let source = TLSContextSource(trusting: anchors, as: identity)
        return TLSSettings(server: serverName ?? host) { try source.context() }
    }
}
