import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// API tokens (contract section 16): made, used, rotated and revoked by the commands while the program serves.
    @Suite struct TokenTests {
        private let directory: String
        private let file: String
        private let resolver: ResolverServer

        init() throws {
            directory = try Scratch.directory()
            file = "\(directory)/tokens.yaml"
            try Scratch.write("# Ours.\n[]\n", to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
            resolver = try ResolverServer(Self.configuration(file), control: true)
            try resolver.becomeReady()
        }

        private static func configuration(_ file: String, rest: String = "") -> String {
            """
            tokens: { static: { file: "\(file)", header: x-api-key } }
            policies: { read: { credentials: [api_token], scopes: [stock:read] }, fresh: { max_age: 5m } }
            \(rest)

            """
        }

        private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
            let command = try ResolverServer.run(["token"] + arguments, in: directory)
            return (try command.wait(), command.output)
        }

        /// Runs one that prints a secret.
        private func secret(_ arguments: [String]) throws -> String {
            let command = try ResolverServer.run(["token"] + arguments, in: directory)
            let (status, output) = (try command.wait(), command.output)
            #expect(status == 0, "\(output)")
            #expect(output.wholeMatch(of: /agr_[A-Za-z0-9_-]{43}\n/) != nil, "\(output)")
            return output.trimmingCharacters(in: .newlines)
        }

        private func make(_ id: String, _ more: String...) throws -> String {
            try secret(["new", "--file", file, "--id", id, "--user", "robot-\(id)", "--expires", "90d"] + more)
        }

        /// Each of the workers, and each way in.
        private func answers(_ secret: String) throws -> Set<String> {
            var answers: Set<String> = []
            for field in ["Authorization: Bearer \(secret)", "X-API-Key: \(secret)"] {
                for _ in 0..<4 {
                    let response = try HTTPConnection.get(resolver.ipv4, "/resolve", field)
                    answers.insert("\(response.status) \(response["x-authgear-user-id"] ?? "none")")
                }
            }
            return answers
        }

        private func expect(_ secret: String, _ answer: String) throws {
            _ = try eventually("\(answer); the resolver wrote:\n\(resolver.process.output)") {
                try answers(secret) == [answer] ? true : nil
            }
        }

        private func readyPage() throws -> String {
            let response = try HTTPConnection.get(resolver.admin, "/readyz")
            #expect(response.status == 200)
            return response.body
        }

        @Test func `a token works when it is made, in both places, and policies judge it`() throws {
            let secret = try make("ci", "--roles", "stock.view,admin", "--scopes", "stock:read")
            try expect(secret, "200 robot-ci")
            let response = try HTTPConnection.get(resolver.ipv4, "/policy/read/resolve", "X-Api-Key: \(secret)")
            #expect(response["x-authgear-user-roles"] == "stock.view,admin")
            #expect(response["x-authgear-allowed"] == "true")
            #expect(response["x-authgear-session-authenticated-at"] == nil)
            let fresh = try HTTPConnection.get(
                resolver.ipv4, "/policy/fresh/require", "Authorization: Bearer \(secret)")
            #expect(fresh.status == 401)
            #expect(fresh["x-authgear-refused"] == "max_age")
            #expect(try HTTPConnection.get(resolver.ipv4, "/require", "X-Api-Key: \(secret)x").status == 401)
            #expect(
                try resolver.metric("refusals_total", #"credential="api_token""#, #"reason="api_token_unknown""#) >= 1)
            #expect(try resolver.metric("api_tokens") == 1)
        }

        @Test func `the header twice is a bad request`() throws {
            let secret = try make("ci")
            try expect(secret, "200 robot-ci")
            let response = try HTTPConnection.get(
                resolver.ipv4, "/resolve", "X-Api-Key: \(secret)", "x-api-key: \(secret)")
            #expect(response.status == 400)
        }

        @Test func `a rotated token works with both secrets, then with the second alone`() throws {
            let first = try make("ci")
            let other = try make("other")
            try expect(first, "200 robot-ci")
            let second = try secret([
                "rotate", "--file", file, "--id", "ci", "--overlap", "4s", "--expires", "none",
            ])
            try expect(second, "200 robot-ci")
            #expect(try answers(first) == ["200 robot-ci"])
            // By the clock alone: the file does not change.
            try expect(first, "200 none")
            #expect(try resolver.metric("refusals_total", #"reason="api_token_expired""#) > 0)
            #expect(try answers(second) == ["200 robot-ci"])
            #expect(try answers(other) == ["200 robot-other"])
        }

        @Test func `a revoked token is over, and the others are not`() throws {
            let (first, second) = (try make("a"), try make("b"))
            try expect(first, "200 robot-a")
            try expect(second, "200 robot-b")
            #expect(try run("revoke", "--file", file, "--id", "a") == (0, "revoked a\n"))
            try expect(first, "200 none")
            #expect(try answers(second) == ["200 robot-b"])
            #expect(try Scratch.read(file).hasPrefix("# Ours.\n- id: b\n"))
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o640)
        }

        @Test func `a file that is torn or doubled changes nothing, and is told of`() throws {
            let secret = try make("ci")
            try expect(secret, "200 robot-ci")
            let good = try Scratch.read(file)
            for bad in [String(good.dropLast(40)), good + good, ""] {
                try Data(bad.utf8).write(to: URL(filePath: file))
                _ = try eventually("a line of /readyz") {
                    try readyPage().contains("api tokens: \(file):") ? true : nil
                }
                #expect(try resolver.metric("api_token_file_refused") == 1)
                #expect(try answers(secret) == ["200 robot-ci"])
                #expect(try run("revoke", "--file", file, "--id", "ci").status == 1)
                #expect(try Scratch.read(file) == bad)
                try Data(good.utf8).write(to: URL(filePath: file))
                _ = try eventually("the line to go") { try readyPage() == "ready\n" ? true : nil }
                #expect(try resolver.metric("api_token_file_refused") == 0)
            }
            try FileManager.default.removeItem(atPath: file)
            _ = try eventually("a line of /readyz") { try readyPage().contains("can't be read") ? true : nil }
            #expect(try answers(secret) == ["200 robot-ci"])
            #expect(resolver.process.output.contains("the list of before holds"))
        }

        @Test func `a reload takes the list, another file, and none`() throws {
            let secret = try make("ci")
            #expect(try resolver.reload().status == 0)
            // At once, without waiting for the second.
            #expect(try answers(secret) == ["200 robot-ci"])
            let other = "\(directory)/other.yaml"
            try Scratch.write("- id: a", to: other)
            try resolver.rewrite(Self.configuration(other))
            let (status, output) = try resolver.reload()
            #expect(status == 1)
            #expect(output.contains("tokens.static.file: \(other):1:3: [0].user_id: missing"), "\(output)")
            #expect(try answers(secret) == ["200 robot-ci"])
            // One that was right at first does not keep the configuration from being read.
            try resolver.rewrite(Self.configuration(file, rest: "limits: { token_bytes: 1KiB }"))
            try Data("x".utf8).write(to: URL(filePath: file))
            #expect(try resolver.reload().status == 0)
            #expect(try answers(secret) == ["200 robot-ci"])
            #expect(try readyPage().contains("api tokens: "))
            try resolver.rewrite(Self.configuration(file).replacing(", header: x-api-key", with: ""))
            #expect(try resolver.reload().status == 0)
            #expect(try answers(secret) == ["200 robot-ci", "200 none"])
            try resolver.rewrite("sessions: { store: authgear }\nauthgear: { endpoint: \"http://127.0.0.1:9/\" }\n")
            #expect(try resolver.reload().status == 1)
            try Scratch.write("[]", to: other)
            try resolver.rewrite(Self.configuration(other))
            #expect(try resolver.reload().status == 0)
            #expect(try answers(secret) == ["200 none"])
            #expect(try readyPage() == "ready\n")
        }

        @Test func `a file with an error keeps the program from starting, and says where`() throws {
            try Scratch.write("- id: a\n  user_id: \n", to: file)
            for command in ["serve", "check"] {
                let process = try ResolverServer.run([command, "--config", resolver.path], in: directory)
                #expect(try process.wait() == 1)
                #expect(process.output.contains("\(file):2:11: [0].user_id: has no value"), "\(process.output)")
            }
        }

        @Test func `no secret is in the log, the metrics or the file`() throws {
            let secret = try make("ci")
            try expect(secret, "200 robot-ci")
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "X-Api-Key: \(secret)-wrong")
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "Authorization: Bearer \(secret)-wrong")
            let page = try HTTPConnection.get(resolver.admin, "/metrics").body
            let readable = [resolver.process.output, page, try Scratch.read(file), try readyPage()]
            for text in readable { #expect(!text.contains(secret.dropFirst(4))) }
            let inspected = try ResolverServer.run(
                ["inspect", "--config", resolver.path, "--policy", "read", "--token", secret], in: directory)
            #expect(try inspected.wait() == 1)
            #expect(inspected.output.hasPrefix("invalid scope"), "\(inspected.output)")
            #expect(!inspected.output.contains(secret))
        }

        @Test func `what the commands are not given right is said`() throws {
            _ = try make("ci")
            for (arguments, words) in [
                (
                    ["new", "--file", file, "--id", "ci", "--user", "u", "--expires", "1d"],
                    "there is a token ci already"
                ),
                (["revoke", "--file", file, "--id", "c1"], "did you mean ci?"),
                (
                    ["rotate", "--file", "\(directory)/none", "--id", "ci", "--expires", "1d"],
                    "no such file or directory"
                ),
            ] {
                let command = try ResolverServer.run(["token"] + arguments, in: directory)
                #expect(try command.wait() == 1)
                #expect(command.output.contains(words), "\(command.output)")
            }
            for arguments in [
                ["new", "--file", file, "--id", "x", "--user", "u"],
                ["new", "--file", file, "--id", "x", "--user", "u", "--expires", "soon"],
                ["new", "--file", file, "--id", "x y", "--user", "u", "--expires", "none"],
                ["new", "--file", file, "--id", "x", "--user", "\u{fc}", "--expires", "none"],
                ["new", "--file", file, "--id", "x", "--user", "u", "--scopes", "a,,b", "--expires", "none"],
            ] {
                #expect(try ResolverServer.run(["token"] + arguments, in: directory).wait() == 64)
            }
        }

        @Test func `a file is made for the first token, for its owner alone`() throws {
            let made = "\(directory)/made.yaml"
            _ = try secret(["new", "--file", made, "--id", "a", "--user", "u", "--expires", "none"])
            #expect(try FileManager.default.attributesOfItem(atPath: made)[.posixPermissions] as? Int == 0o600)
        }

        @Test func `many at the same time lose none`() throws {
            let commands = try (0..<8).map { number in
                try ResolverServer.run(
                    ["token", "new", "--file", file, "--id", "t\(number)", "--user", "u", "--expires", "none"],
                    in: directory)
            }
            for command in commands { #expect(try command.wait() == 0, "\(command.output)") }
            _ = try eventually("all to be known") { try resolver.metric("api_tokens") == 8 ? true : nil }
        }
    }
}
