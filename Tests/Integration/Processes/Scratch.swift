import Foundation

/// Directories for the files of one run of the tests. They go when the run ends (see `Reaper`).
enum Scratch {
    /// The directory of this run: short, because a Unix socket's path has at most 107 bytes.
    static let root: String = {
        let path = "/tmp/ar-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }()

    /// A new empty directory.
    static func directory() throws -> String {
        let path = "\(root)/\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    static func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    static func read(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
