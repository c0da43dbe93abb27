import Foundation

/// A directory of a test's own, removed when nobody holds it any more.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        path = "/tmp/authgear-resolver-\(UUID().uuidString.prefix(8))"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
