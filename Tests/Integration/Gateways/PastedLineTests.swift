import EventLoop
import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// The lines of the READMEs by which somebody tries a gateway, pasted into a shell; only ports and the build are others.
    @Suite(.enabled(if: GatewayProgram.missing.isEmpty, GatewayProgram.reason))
    struct PastedLineTests {
        private static let programs = GatewayProgram.running.filter {
            ["haproxy", "caddy", "envoy", "traefik"].contains($0.name)
        }

        /// The block of code under "Trying it".
        private static func lines(of program: GatewayProgram) throws -> [String] {
            let page = try Scratch.read("\(Program.repository)/\(program.folder)/README.md")
            let part = page.components(separatedBy: "\n## Trying it\n").last ?? ""
            let block = part.components(separatedBy: "```").dropFirst().first ?? ""
            return block.split(separator: "\n").dropFirst().map(String.init)
        }

        @Test(arguments: programs)
        func `five lines lead to a backend that is guarded`(program: GatewayProgram) throws {
            let directory = try Scratch.directory()
            var ports: [String: String] = [:]
            for port in ["8080", "8081", "4179", "8000", "4180"] { ports[port] = "\(try FreePort.take())" }
            // The demo takes some behind its own.
            for _ in 0..<8 { _ = try FreePort.take() }
            try RunningGateway.copy(program.folder, to: directory) { RunningGateway.replace(ports, in: $0) }
            let lines = try Self.lines(of: program).map { line in
                RunningGateway.replace(ports, in: line)
                    .replacing(".build/release/authgear-resolver", with: Program.resolver ?? "")
                    .replacing(" &", with: "")
            }
            #expect(lines.count == 5)
            let folder = URL(filePath: program.executable ?? "").deletingLastPathComponent().path
            let path = "/usr/sbin:/usr/bin:/bin:\(folder)"
            let servers = try lines.prefix(3).map { line in
                try ChildProcess(
                    "/bin/sh", ["-c", "exec \(line)"], in: directory, environment: ["PATH": path, "HOME": directory])
            }
            func run(_ line: String) throws -> String {
                let command = try ChildProcess("/bin/sh", ["-c", line], in: directory)
                _ = try command.wait()
                return command.output
            }
            let output = { servers.map(\.output).joined(separator: "\n") }
            _ = try eventually("the first curl to be answered; the servers wrote:\n\(output())") {
                try run(lines[3]).contains(" 200 OK") ? true : nil
            }
            let refused = try run(lines[4])
            #expect(refused.contains(" 401 ") && refused.lowercased().contains("www-authenticate: bearer"))
            #expect(!refused.lowercased().contains("x-authgear-"))
            for server in servers { server.signal(SIGTERM) }
        }
    }
}
