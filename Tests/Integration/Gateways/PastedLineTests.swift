import EventLoop
import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// The lines of the READMEs by which somebody tries a gateway, pasted into a shell; only ports, the build and folders are others.
    @Suite(.enabled(if: GatewayProgram.missing.isEmpty, GatewayProgram.reason))
    struct PastedLineTests {
        private static let programs = GatewayProgram.running.filter {
            ["haproxy", "caddy", "caddy-2.11", "envoy", "traefik", "openresty", "apache"].contains($0.name)
        }

        /// The blocks of code under "Trying it".
        private static func blocks(of program: GatewayProgram) throws -> [[String]] {
            let page = try Scratch.read("\(Program.repository)/\(program.folder)/README.md")
            let part = page.components(separatedBy: "\n## Trying it\n").last ?? ""
            return part.matches(of: /```sh\n((?:.|\n)*?)```/).map { block in
                block.1.split(separator: "\n").map(String.init)
            }
        }

        /// Pastes them, on ports that are free when they are chosen.
        private static func paste(_ blocks: [[String]], of program: GatewayProgram) throws -> (
            status: Int32, output: String
        ) {
            let directory = try Scratch.directory()
            var ports: [String: String] = [:]
            for port in ["8080", "8081", "4179", "8000", "4180"] { ports[port] = "\(try FreePort.take())" }
            // The demo takes some behind its own.
            for _ in 0..<8 { _ = try FreePort.take() }
            try RunningGateway.copy(program.folder, to: directory) { RunningGateway.replace(ports, in: $0) }
            let script = RunningGateway.replace(ports, in: blocks.joined().joined(separator: "\n"))
                .replacing(".build/release/authgear-resolver", with: Program.resolver ?? "")
                .replacing("gateways/backend.py", with: "\(Program.repository)/gateways/backend.py")
                .replacing("/tmp/openresty", with: "\(directory)/openresty")
                .replacing("daemon off;", with: GatewayProgram.own)
                .replacing("envoy -c", with: "envoy --use-dynamic-base-id -c")
            let folder = URL(filePath: program.executable ?? "").deletingLastPathComponent().path
            // What is in the background ends with it, at the latest before the test gives up.
            let shell = try ChildProcess(
                "/usr/bin/timeout", ["25", "/bin/bash", "-c", "\(script)\nwait"], in: directory,
                environment: ["PATH": "\(folder):/usr/sbin:/usr/bin:/bin", "HOME": directory])
            return (try shell.wait(), shell.output)
        }

        @Test(arguments: programs)
        func `five lines lead to a backend that is guarded, and a sixth ends them`(program: GatewayProgram) throws {
            let blocks = try Self.blocks(of: program)
            #expect(blocks.map(\.count) == [5, 1])
            var (status, output) = try Self.paste(blocks, of: program)
            // Between the choice of a port and its use others may take it.
            if output.contains("another process listens there") {
                (status, output) = try Self.paste(blocks, of: program)
            }
            #expect(status == 0 && output.contains(" 200 OK"), "\(output)")
            #expect(output.contains("\nGET / HTTP/1.1"), "the backend's word: \(output)")
            #expect(output.matches(of: /\n[Xx]-[Aa]uthgear-[A-Za-z-]+: *[^\s]/).isEmpty, "\(output)")
            #expect(output.contains(" 401 ") && output.lowercased().contains("\nwww-authenticate: bearer"))
        }
    }
}
