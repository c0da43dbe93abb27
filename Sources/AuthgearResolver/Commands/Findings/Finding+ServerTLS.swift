package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.
import Trust

extension Finding {
    /// A certificate that expires sooner is told of.
    private static let soon: Int64 = 14 * 86_400

    /// What TLS is served by, or what is wrong with it; nothing where it is not served.
    package static func serverTLS(of configuration: Configuration, now: Timestamp) -> [Finding] {
        guard let files = configuration.tls.server else { return [] }
        if let problem = ServerTLSSource.Reading(of: files, at: now).problem {
            return [Finding("tls.server", isSound: false, result: "\(problem)")]
        }
        let clients = files.clientAnchors.map { "; clients show one of \($0.path)" } ?? ""
        let found = Finding(
            "tls.server", isSound: true, result: "the certificate in \(files.certificate.path)\(clients)")
        return [found] + hints(onKey: files.key.path) + hints(onExpiryOf: files, now: now)
    }

    /// That others have rights to the key.
    private static func hints(onKey path: String) -> [Finding] {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o007 != 0 else { return [] }
        return [
            .hint(on: "tls.server.key_file", "\(path) is open to everybody on this host; chmod o= keeps it from them")
        ]
    }

    private static func hints(onExpiryOf files: ServerFiles, now: Timestamp) -> [Finding] {
        let later = Timestamp(seconds: now.seconds + soon)
        guard case .expired = ServerTLSSource.Reading(of: files, at: later).problem else { return [] }
        return [.hint(on: "tls.server.cert_file", "the certificate expires within two weeks; have it renewed")]
    }
}
