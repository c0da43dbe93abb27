import Fixtures
import Foundation

/// A process that a test started. Its output goes to a file; it ends with the run of the tests at the latest.
final class ChildProcess: Sendable {
    private let program: ChildProgram
    /// Where its standard output and standard error went, together and in order.
    private let outputPath: String

    var pid: Int32 { program.pid }

    /// What every program gets: what NIO only warns of, such as a task for an event loop that has ended, is a crash; and which
    /// leaks a sanitizer passes over.
    private static let common: [String: String] = {
        let own = ProcessInfo.processInfo.environment
        let fixed = ["PATH": own["PATH", default: "/usr/bin:/bin"], "SWIFTNIO_STRICT": "1"]
        return own.filter { $0.key == "LSAN_OPTIONS" }.merging(fixed) { _, fixed in fixed }
    }()

    /// Starts a program. `environment` is all that it gets beside what `common` holds; `input` is a file, or nothing to read; `files` are
    /// what it has from descriptor 3 on.
    init(
        _ executable: String, _ arguments: [String], in directory: String, environment: [String: String] = [:],
        input: String = "/dev/null", files: [CInt] = []
    ) throws {
        outputPath = "\(directory)/output-\(UInt32.random(in: 0...UInt32.max))"
        try Scratch.write("", to: outputPath)
        let read = try FileHandle(forReadingFrom: URL(filePath: input))
        let written = try FileHandle(forWritingTo: URL(filePath: outputPath))
        program = try ChildProgram(
            executable, arguments, in: directory, environment: Self.common.merging(environment) { _, given in given },
            input: read.fileDescriptor, output: written.fileDescriptor, files: files)
        Reaper.shared.watch(pid)
    }

    deinit { kill() }

    /// What it wrote so far.
    var output: String { (try? Scratch.read(outputPath)) ?? "" }

    func signal(_ number: Int32) {
        program.signal(number)
    }

    /// Ends it at once with all that it has started, and waits for that.
    func kill() {
        program.kill()
        Reaper.shared.forget(pid)
    }

    /// Its exit status, 128 + n when signal n ended it; nil while it runs.
    func status() -> Int32? {
        guard let status = program.status() else { return nil }
        Reaper.shared.forget(pid)
        return status
    }

    /// Its exit status, when it has ended.
    func wait() throws -> Int32 {
        try eventually("the process to end; so far it wrote:\n\(output)") { status() }
    }
}
