import Foundation
import Testing

/// The programs that these tests run.
enum Program {
    /// The resolver, as built beside the tests.
    static let resolver: String? = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return executable((tests as NSString).deletingLastPathComponent + "/authgear-resolver")
    }()

    static let nginx = inPath("nginx")
    static let redis = inPath("redis-server")

    /// Why a test that needs real neighbours is skipped.
    static let reason: Comment = "needs nginx and redis-server (apt-get install nginx redis-server; make test does)"
    static var neighbours: Bool { nginx != nil && redis != nil }

    /// The root of the repository.
    static let repository = URL(filePath: #filePath).appending(path: "../../../..").standardized.path

    private static func inPath(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH", default: ""] + ":/usr/sbin:/usr/local/sbin"
        return path.split(separator: ":").lazy.compactMap { executable("\($0)/\(name)") }.first
    }

    private static func executable(_ path: String) -> String? {
        FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
