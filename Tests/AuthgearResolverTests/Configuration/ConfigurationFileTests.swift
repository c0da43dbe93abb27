import AuthgearResolver
import Foundation
import Testing

/// The file itself, and the files and variables that its values refer to.
@Suite struct ConfigurationFileTests {
    /// Puts an expression where any text may stand, as an audience, and gives what became of it.
    private func expand(_ expression: String, environment: [String: String] = [:], path: String = "resolver.yaml")
        throws -> String
    {
        let text = "issuers: [{ issuer: 'https://a', audiences: ['\(expression)'] }]"
        return try configuration(text, path: path, environment: environment).issuers[0].audiences[0]
    }

    @Test(arguments: [
        ("${A}", "1"), ("x${A}y${B_2}z", "x1y2z"), ("${A}${A}", "11"), ("${EMPTY}x", "x"), ("${EMPTY:-d}", "d"),
        ("${A:-d}", "1"),
        ("${NO:-d}", "d"), ("${NO:-}x", "x"), ("${NO:-a:-b}", "a:-b"), ("${NO:-a b/c?}", "a b/c?"),
        ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$A", "$A"), ("a$", "a$"), ("$$", "$$"), ("$ {A}", "$ {A}"),
        ("}${A}", "}1"),
        ("${LOOKS}", "${A}"),
    ])
    func `a reference is replaced once`(expression: String, value: String) throws {
        let environment = ["A": "1", "B_2": "2", "EMPTY": "", "LOOKS": "${A}"]
        #expect(try expand(expression, environment: environment) == value)
    }

    @Test(arguments: [
        ("${A", "has a ${ without its }"), ("${}", "has a reference that can''t be read"), ("${1A}", "can't be read"),
        ("${A-b}", "can't be read"), ("${A B}", "can't be read"), ("${A:+b}", "can't be read"),
        ("${Ä}", "can't be read"),
        ("${A:-${B}}", "can't be read"),
        ("${NOT_SET}", "needs the environment variable NOT_SET, which is not set; allowed: ${NOT_SET:-default}"),
        ("${file:/does/not/exist}", "needs the file /does/not/exist: no such file or directory"),
        ("${file:/}", "needs the file /: is a directory"),
        ("${file:/dev/zero}", "needs the file /dev/zero: it is larger than 64KiB"),
    ])
    func `a reference that can't be replaced is an error at its value`(expression: String, message: String) {
        let report = report("issuers: [{ issuer: 'https://a', audiences: ['\(expression)'] }]", environment: ["A": "1"])
        #expect(report.hasPrefix("resolver.yaml:1:46: issuers[0].audiences[0]: the value "), "\(report)")
        #expect(report.contains(message.replacing("''", with: "'")), "\(report)")
    }

    @Test func `a variable can't change the structure`() throws {
        let hostile = "x'] }, { issuer: \"y\" } # \n- *a: &b"
        #expect(try expand("${A}", environment: ["A": hostile]) == hostile)
    }

    @Test func `keys are not replaced`() {
        #expect(report(soundIssuer + "\"${A}\": 5", environment: ["A": "threads"]).contains(":6:1: ${A}: unknown key"))
    }

    @Test func `what a variable held is never shown`() {
        let report = report(soundIssuer + "threads: ${A}", environment: ["A": "hunter2"])
        #expect(report.hasPrefix("resolver.yaml:6:10: threads: the value is not a whole number"))
    }

    @Test func `a variable may hold any kind of value`() throws {
        let environment = ["THREADS": "2", "WAIT": "3s"]
        let read = try configuration(
            soundIssuer + "threads: ${THREADS}\njwks: { wait: \"${WAIT}\" }", environment: environment)
        #expect(read.threads == .count(2))
        #expect(read.jwks.wait == .seconds(3))
    }

    @Test(arguments: [
        ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"),
        ("a\nb", "a\nb"), ("x", "x"),
    ])
    func `a file's contents are put in without the last line break`(contents: String, value: String) throws {
        try withFolder { folder in
            try contents.write(to: folder.appending(path: "secret"), atomically: false, encoding: .utf8)
            let path = folder.appending(path: "resolver.yaml").path
            #expect(try expand("${file:\(folder.path)/secret}", path: path) == value)
            #expect(try expand("${file:secret}", path: path) == value)
        }
    }

    @Test func `a file is read, and its errors begin with its name`() throws {
        try withFolder { folder in
            let path = folder.appending(path: "resolver.yaml").path
            try soundIssuer.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try ConfigurationFile(path: path).read().issuers.count == 1)
            try "threads: x".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(refusal(path).hasPrefix("\(path):1:1: issuers: "))
            try Data([0x61, 0x3A, 0xFF]).write(to: URL(filePath: path))
            #expect(refusal(path) == "\(path):1:1: is not UTF-8 text")
            try Data(repeating: 0x23, count: (1 << 20) + 1).write(to: URL(filePath: path))
            #expect(refusal(path) == "\(path):1:1: can't be read: it is larger than 1MiB")
            try FileManager.default.removeItem(atPath: path)
            #expect(refusal(path) == "\(path):1:1: can't be read: no such file or directory")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a pipe is none of its files, and nobody waits for who would write to it`()
        throws
    {
        try withFolder { folder in
            let pipe = folder.appending(path: "pipe").path
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            let words = "it is a pipe, which has its content once and may never"
            #expect(refusal(pipe) == "\(pipe):1:1: can't be read: \(words)")
            #expect(report("threads: ${file:\(pipe)}\n" + soundIssuer).contains("needs the file \(pipe): \(words)"))
            let memory = Configuration.Memory(file: pipe)
            #expect(throws: RecordFileError.self) { try memory.records() }
        }
    }

    private func refusal(_ path: String) -> String {
        do {
            _ = try ConfigurationFile(path: path).read()
            return ""
        } catch {
            return error.description
        }
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "resolver-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func `a byte order mark before the text is skipped`() throws {
        let read = try configuration("\u{FEFF}threads: 3\n" + soundIssuer)
        #expect(read.threads == .count(3) && read.issuers.map(\.identifier) == ["https://id.example"])
        #expect(report("\u{FEFF}threads: many\n" + soundIssuer).contains("resolver.yaml:1:10:"))
    }
}
