import Foundation
import Testing

extension IntegrationTests {
    /// The files that users include, as text.
    @Suite struct ShippedFileTests {
        @Test func `nginx finds nothing to say about the example as it stands`() throws {
            let directory = try Scratch.directory()
            let arguments = ["-t", "-q", "-p", directory, "-c", "\(Nginx.shipped)/nginx.conf"]
            let nginx = try ChildProcess(try #require(Program.nginx), arguments, in: directory)
            #expect(try nginx.wait() == 0)
            #expect(nginx.output == "")
        }

        @Test func `a contradiction to the rule about underscores is an error`() throws {
            let directory = try Scratch.directory()
            let configuration = """
                pid nginx.pid;
                events {}
                http {
                    include \(Nginx.shipped)/upstream.conf;
                    underscores_in_headers on;
                }
                """
            try Scratch.write(configuration, to: "\(directory)/nginx.conf")
            let arguments = ["-t", "-q", "-p", directory, "-c", "\(directory)/nginx.conf"]
            let nginx = try ChildProcess(try #require(Program.nginx), arguments, in: directory)
            #expect(try nginx.wait() == 1)
            #expect(nginx.output.contains(#""underscores_in_headers" directive is duplicate"#))
        }

        @Test func `the two includes differ in whom they ask, and in what is not said of who is let in`() throws {
            let optional = try directives("auth_request.conf")
            let required = try directives("require.conf")
            #expect(optional.first == "auth_request /_authgear/resolve;")
            #expect(required.first == "auth_request /_authgear/require;")
            let taken = "auth_request_set $authgear_refused $upstream_http_x_authgear_refused;"
            let alike = optional.dropFirst().filter { $0 != taken }
                .map { $0.replacing(" $authgear_refused;", with: #" "";"#) }
            #expect(alike == Array(required.dropFirst()) && optional.contains(taken) && !required.contains(taken))
        }

        @Test(arguments: SpoofingTests.names)
        func `each field is taken from the answer, given to the backend, and cleared where nobody is asked`(
            _ name: String
        ) throws {
            let variable = "$authgear_" + name.replacing("-", with: "_")
            // What a policy alone says is cleared elsewhere.
            let include = try directives(name == "allowed" ? "policy.conf" : "auth_request.conf")
            let header = "$upstream_http_x_authgear_" + name.replacing("-", with: "_")
            #expect(include.contains("auth_request_set \(variable) \(header);"))
            #expect(include.contains("proxy_set_header x-authgear-\(name) \(variable);"))
            #expect(try directives("clear.conf").contains(#"proxy_set_header x-authgear-\#(name) "";"#))
        }

        /// The lines of a file that are not comments.
        private func directives(_ name: String) throws -> [String] {
            try Scratch.read("\(Nginx.shipped)/\(name)").split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix("#") && !$0.isEmpty }
        }
    }
}
