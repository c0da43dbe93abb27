import Authentication
import Bytes
import Logging
import Telemetry

/// Writes at `debug` why credentials were refused.
struct RefusalLog: Sendable {
    /// A `kid` is shown up to this length.
    private static let maximumKeyIDBytes = 64

    let logger: Logger
    /// Who is configured: nobody else is named.
    let current: CurrentConfiguration

    func write(_ notes: [RefusalNote]) {
        let issuers = current.snapshot.issuerNames
        for note in notes {
            var metadata = Logger.Metadata([.credential: "\(note.credential)", .reason: "\(note.reason)"])
            if let issuer = note.issuer, issuers.contains(issuer) {
                metadata.merge(Logger.Metadata([.issuer: String(decoding: issuer, as: UTF8.self)])) { _, new in new }
            }
            if let kid = note.keyID {
                let shown = String(printable: kid, limit: Self.maximumKeyIDBytes)
                metadata.merge(Logger.Metadata([.kid: shown])) { _, new in new }
            }
            logger.debug("a credential was refused", metadata: metadata)
        }
    }
}
