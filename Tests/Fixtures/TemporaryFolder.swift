import Foundation

/// A folder for sockets that goes with the test. Its path is short, as a socket's must be.
package struct TemporaryFolder: ~Copyable {
    package let path: String

    package init() throws {
        path = "/tmp/listener-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    package static func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
    }

    /// Gives a file a second name, which stays when the first is removed.
    package static func link(_ path: String, to name: String) throws {
        try FileManager.default.linkItem(atPath: path, toPath: name)
    }

    package static func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    package static func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }
}
