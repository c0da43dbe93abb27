import AuthgearResolver
import Fixtures
import Foundation
import Testing

/// What Prometheus' own tool says of a page.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: Promtool.isInstalled, "promtool (Debian's package prometheus) is not installed"))
struct ScrapeLintTests {
    @Test func `a page of a running process has nothing that the tool objects to`() async throws {
        try await RunningProcess.with { process in
            _ = try await process.ask(bearing: process.credentials.validToken)
            let (status, words) = try Promtool.lint(try await process.page("/metrics").text)
            #expect(status == 0 && words.isEmpty, "\(words)")
        }
    }

    @Test func `the tool would say so`() throws {
        let (status, words) = try Promtool.lint("# HELP requests Requests.\n# TYPE requests counter\nrequests 1\n")
        #expect(status != 0 && words.contains("requests"))
    }
}

/// Prometheus' tool.
private enum Promtool {
    private static let path = "/usr/bin/promtool"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: path)

    /// What the tool says of a page, and its exit status.
    static func lint(_ page: String) throws -> (status: CInt, words: String) {
        let folder = try TemporaryFolder()
        let (input, output) = (URL(filePath: "\(folder.path)/page"), URL(filePath: "\(folder.path)/words"))
        try page.write(to: input, atomically: false, encoding: .utf8)
        try "".write(to: output, atomically: false, encoding: .utf8)
        let (reading, writing) = (try FileHandle(forReadingFrom: input), try FileHandle(forWritingTo: output))
        let tool = try ChildProgram(
            path, ["check", "metrics"], input: reading.fileDescriptor, output: writing.fileDescriptor)
        let status = tool.wait()
        return (status, try String(contentsOf: output, encoding: .utf8))
    }
}
