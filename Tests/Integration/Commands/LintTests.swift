import Foundation
import Testing

extension IntegrationTests {
    /// `lint` (contract section 8).
    @Suite struct LintTests {
        private let directory: String

        init() throws { directory = try Scratch.directory() }

        private func lint(_ arguments: String...) throws -> (status: Int32, output: String) {
            let command = try ResolverServer.run(["lint"] + arguments, in: directory)
            return (try command.wait(), command.output)
        }

        @Test func `1 with file and line of each fault, and what to do about it`() throws {
            let text =
                "http {\n    server {\n        location / {\n            proxy_pass http://b;\n        }\n    }\n}\n"
            try Scratch.write(text, to: "\(directory)/nginx.conf")
            let (status, output) = try lint("nginx.conf")
            #expect(status == 1)
            #expect(output.hasPrefix("nginx.conf:3: unguarded: ") && output.contains("include auth_request.conf"))
        }

        @Test func `0 where nothing is found, also when something can't be judged`() throws {
            let text = "http { server { location / { include authgear/clear.conf; proxy_pass http://b; } } }\n"
            try Scratch.write(text, to: "\(directory)/nginx.conf")
            try Scratch.write("[http]\n", to: "\(directory)/dynamic.toml")
            let (status, output) = try lint("nginx.conf", "dynamic.toml")
            #expect(status == 0, "\(output)")
            #expect(output.contains("nginx.conf:1: can't judge: ") && output.contains("dynamic.toml:1: can't judge: "))
            #expect(output.contains("ok     nginx.conf: nothing found\n") && !output.contains("ok     dynamic"))
        }

        @Test func `1 when a file is not there, and the others are judged all the same`() throws {
            try Scratch.write("example.com {\n\treverse_proxy b:80\n}\n", to: "\(directory)/sites")
            let (status, output) = try lint("gone.conf", "sites", "--kind", "caddy")
            #expect(status == 1)
            #expect(output.contains("gone.conf: can't be read: no such file or directory"))
            #expect(output.contains("sites:2: unguarded: "))
        }
    }
}
