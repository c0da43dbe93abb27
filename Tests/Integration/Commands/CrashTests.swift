import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// What becomes of a crash with the environment that the unit and the image set.
    @Suite struct CrashTests {
        @Test(arguments: ["systemd/authgear-resolver.service", "container/Dockerfile"])
        func `a crash ends the process at once, and writes nothing of its memory`(_ file: String) throws {
            let directory = try Scratch.directory()
            let port = try FreePort.take()
            let process = try ChildProcess(
                try #require(Program.resolver), ["demo", "--listen", "127.0.0.1:\(port)"], in: directory,
                environment: try Self.environment(file))
            let client = try eventually("the program to listen; it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                return try HTTPConnection(to: .ipv4(port))
            }
            #expect(try client.get("/resolve").status == 200)
            let before = process.output
            // What Swift's own checks end a process with.
            process.signal(SIGILL)
            #expect(try process.wait() == 128 + SIGILL)
            #expect(process.output == before)
            #expect(throws: (any Error).self, "its connections are gone with it") { try client.get("/resolve") }
        }

        /// The variables that a unit (`Environment=NAME=value`) or a Dockerfile (`ENV NAME=value`) sets.
        private static func environment(_ file: String) throws -> [String: String] {
            let text = try Scratch.read("\(Program.repository)/deploy/\(file)")
            let pairs = text.split(separator: "\n").compactMap { $0.wholeMatch(of: /(?:ENV |Environment=)(\w+)=(\S+)/) }
            return Dictionary(uniqueKeysWithValues: pairs.map { (String($0.1), String($0.2)) })
        }
    }
}
