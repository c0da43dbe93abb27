import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// The configurations under `deploy/` are ones that the program takes.
    @Suite struct ShippedConfigurationTests {
        @Test(arguments: ["resolver.example.yaml", "container/resolver.yaml", "kubernetes/gateway.yaml"])
        func `it starts with each`(_ file: String) throws {
            let directory = try Scratch.directory()
            let (port, adminPort, nowhere) = try (FreePort.take(), FreePort.take(), FreePort.take())
            let shipped = try Self.configuration(Scratch.read("\(Program.repository)/deploy/\(file)"))
            // Only addresses are replaced: nothing outside this machine is asked.
            let text =
                shipped
                .replacing("127.0.0.1:4180", with: "127.0.0.1:\(port)")
                .replacing(":4181\"", with: ":\(adminPort)\"")
                .replacing("https://my-project.authgear.cloud", with: "http://127.0.0.1:\(nowhere)")
                .replacing("@redis:6379", with: "@127.0.0.1:\(nowhere)")
            try Scratch.write(text, to: "\(directory)/resolver.yaml")
            let process = try ChildProcess(
                try #require(Program.resolver), ["serve", "--config", "resolver.yaml"], in: directory,
                environment: ["AUTHGEAR_ENDPOINT": "http://127.0.0.1:\(nowhere)", "REDIS_PASSWORD": "secret"])
            let response = try eventually("an answer; it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                return try HTTPConnection.get(.ipv4(port), "/resolve")
            }
            #expect(response.status == 200)
            #expect(try HTTPConnection.get(.ipv4(adminPort), "/healthz").status == 200)
            process.signal(SIGTERM)
            let status = try process.wait()
            #expect(status == 0, "\(process.output)")
        }

        /// A configuration, or the one within a ConfigMap.
        private static func configuration(_ text: String) throws -> String {
            guard let start = text.range(of: "  resolver.yaml: |\n") else { return text }
            let lines = text[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
            return lines.prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) + "\n" }.joined()
        }
    }
}
