import NIOConcurrencyHelpers
import TLS

/// When the certificates of files expire. A file is looked at when it is asked for, and read when it changed.
package final class CertificateDates: Sendable {
    /// Of one file.
    package struct Date: Hashable, Sendable {
        package let path: String
        /// When the first of its certificates expires, in seconds since the epoch.
        package let notAfter: Int64

        package init(path: String, notAfter: Int64) {
            (self.path, self.notAfter) = (path, notAfter)
        }
    }

    private struct Known {
        var stamp: FileStamp?
        /// Nil where the file holds something that is no certificate.
        var notAfter: Int64?
    }

    private let known = NIOLockedValueBox<[String: Known]>([:])

    package init() {}

    /// Those of files that can be read, each once, in the order of their paths.
    package func dates(of files: [NamedFile]) -> [Date] {
        let paths = Set(files.map(\.path))
        return known.withLockedValue { known in
            // Others are not asked for any more.
            known = known.filter { paths.contains($0.key) }
            return paths.sorted().compactMap { path in
                known[path] = Self.look(at: path, knowing: known[path])
                return known[path]?.notAfter.map { Date(path: path, notAfter: $0) }
            }
        }
    }

    private static func look(at path: String, knowing known: Known?) -> Known? {
        switch try? WatchedFile(path: path).look(since: known?.stamp, limit: ClientTLS.sizeLimit) {
        case .untouched: known
        case .read(let bytes, let stamp): Known(stamp: stamp, notAfter: TLSCertificates(pem: bytes)?.earliestExpiry)
        case nil: nil
        }
    }
}
