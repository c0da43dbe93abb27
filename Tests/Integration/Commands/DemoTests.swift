import Foundation
import Testing

extension IntegrationTests {
    /// `demo` (contract section 8): each line that it prints, pasted into a shell, answers what the comment above it says.
    @Suite struct DemoTests {
        /// A comment such as `# a valid JWT: 200, x-authgear-session-valid: true`, and the line under it.
        struct Line {
            var subject: String
            var status: String
            /// Field lines that the answer must have.
            var fields: [String]
            var command: String
        }

        @Test(arguments: ["omit", "empty"])
        func `each line answers what it says, and the operator may change something`(absence: String) throws {
            let directory = try Scratch.directory()
            let process = try ResolverServer.run(
                ["demo", "--listen", "127.0.0.1:0", "--absent", absence], in: directory)
            let lines = try eventually("the lines; it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                let lines = Self.lines(of: process.output)
                return lines.count == 11 ? lines : nil
            }
            #expect(
                lines.map(\.subject) == [
                    "a valid JWT", "an expired JWT", "a forged JWT", "a valid session cookie",
                    "a revoked session cookie", "an opaque token",
                    "its revocation, which is a matter of Authgear's (the demo has a little one)",
                    "the opaque token once it is revoked", "an app_session cookie",
                    "a session cookie of a user whose record is missing, so that Authgear is asked", "no credential",
                ])
            for line in lines { try expect(line, in: directory) }
            let admin = try #require(process.output.firstMatch(of: /changes on ([0-9.:]+)\.\n/)?.1)
            let change = try ChildProcess(
                "/usr/bin/curl",
                ["-s", "-X", "POST", "-H", "X-Authgear-Admin: 1", "http://\(admin)/loglevel?level=debug&for=5m"],
                in: directory)
            #expect(try change.wait() == 0 && change.output == "the log's level is debug for 5m\n", "\(change.output)")
            process.signal(SIGTERM)
            #expect(try process.wait() == 0)
        }

        private func expect(_ line: Line, in directory: String) throws {
            let shell = try ChildProcess("/bin/sh", ["-c", line.command], in: directory)
            #expect(try shell.wait() == 0)
            let answer = shell.output.split(separator: "\r\n").map(String.init)
            #expect(answer.first?.hasPrefix("HTTP/1.1 \(line.status) ") == true, "\(line.subject): \(shell.output)")
            if line.fields == ["no x-authgear header"] {
                #expect(!shell.output.contains("x-authgear"), "\(line.subject)")
            } else if line.fields == ["each x-authgear header empty"] {
                let own = answer.filter { $0.hasPrefix("x-authgear-") }
                #expect(own.count >= 8 && own.allSatisfy { $0.hasSuffix(": ") || $0.hasSuffix(":") }, "\(own)")
            } else {
                for field in line.fields { #expect(answer.contains(field), "\(line.subject): \(shell.output)") }
            }
        }

        private static func lines(of output: String) -> [Line] {
            let lines = output.split(separator: "\n").map(String.init)
            return zip(lines, lines.dropFirst()).compactMap { comment, command in
                guard comment.hasPrefix("# "), command.hasPrefix("curl "), let colon = comment.firstIndex(of: ":")
                else {
                    return nil
                }
                let says = comment[comment.index(colon, offsetBy: 2)...].components(separatedBy: ", ")
                return Line(
                    subject: String(comment[..<colon].dropFirst(2)), status: says[0], fields: Array(says.dropFirst()),
                    command: command)
            }
        }
    }
}
