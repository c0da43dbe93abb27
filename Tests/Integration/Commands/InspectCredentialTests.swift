import Bytes
import Fixtures
import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// `inspect --token` and `inspect --cookie`, with a real Redis, beside a service that answers the same requests.
    @Suite struct InspectCredentialTests {
        /// A credential of `GatewayStage`'s store, and what is said of it.
        struct Case: CustomTestStringConvertible, Sendable {
            /// The cookie's name; nil: it is a bearer token.
            var cookie: String?
            var value: String
            var verdict: String
            /// What stands in a line.
            var words: String

            static func session(_ session: StoredSession, _ verdict: String, _ words: String) -> Case {
                Case(cookie: "session", value: session.cookie, verdict: verdict, words: words)
            }

            static func token(_ grant: StoredGrant, _ verdict: String, _ words: String) -> Case {
                Case(cookie: nil, value: grant.token, verdict: verdict, words: words)
            }

            static func app(_ grant: StoredGrant, _ verdict: String, _ words: String) -> Case {
                Case(cookie: "app_session", value: grant.appSession, verdict: verdict, words: words)
            }

            var testDescription: String { "\(cookie ?? "token") \(verdict): \(words)" }
            var arguments: [String] { cookie.map { ["--cookie", "\($0)=\(value)"] } ?? ["--token", value] }
            var field: String { cookie.map { "Cookie: \($0)=\(value)" } ?? "Authorization: Bearer \(value)" }
        }

        let stage: GatewayStage
        let directory: String

        init() throws {
            stage = try GatewayStage.shared.get()
            directory = try Scratch.directory()
            try write()
        }

        private func write(_ more: String = "") throws {
            try Scratch.write(
                """
                issuers:
                  - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(stage.issuer.keysURL)" }
                sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
                \(more)
                """, to: "\(directory)/resolver.yaml")
        }

        @Test(
            arguments: [
                .session(Sessions.good, "valid", "record   app:my-project:session:good: found"),
                .session(Sessions.revoked, "invalid not_found", "record   app:my-project:session:revoked: missing"),
                .session(Sessions.otherSecret, "invalid wrong_secret", "token_hash: found another cookie's"),
                .session(Sessions.noHash, "invalid wrong_secret", "token_hash: found none"),
                .session(
                    Sessions.old, "invalid expired", "365d ago; wanted at most 364d ago (sessions: lifetime) (expired)"),
                .session(
                    Sessions.idle, "invalid idle", "31d ago; wanted at most 30d ago (sessions: idle_timeout) (idle)"),
                .session(Sessions.disabled, "invalid user_disabled", "is_disabled: found true; wanted false"),
                .session(Sessions.userMissing, "unknown user_missing", "userinfo:u-missing:bearer: missing"),
                .session(Sessions.userStale, "unknown user_missing", "failed   account_status_stale_from: found"),
                .session(
                    Sessions.unreadable, "unknown record_unreadable", "unreadable: the record is not one JSON object"),
                .session(Sessions.otherType, "unknown store_refused", "othertype: not read: redis at 127.0.0.1:"),
                .session(
                    Sessions.commaRole, "invalid header_holds_separator", "failed   headers: found a list with an item"),
                .token(Grants.good, "valid", "refresh_tokens: found it among 1 refresh token"),
                .token(
                    Grants.revoked, "invalid refresh_token_revoked", "found 0 refresh tokens, none of them that one"),
                .token(Grants.expired, "invalid expired", "expire_at: found 20"),
                .token(Grants.idle, "invalid session_idle", "31d ago"),
                .token(Grants.signedOn, "valid", "record   app:my-project:session:good: found"),
                .token(Grants.signedOff, "invalid sso_ended", "record   app:my-project:session:revoked: missing"),
                .token(Grants.unreadable, "unknown record_unreadable", "offline-grant:g-torn: unreadable"),
                .token(Grants.bearer, "valid", "userinfo:u-bearer:bearer: found"),
                .app(Grants.good, "valid", "app:my-project:app-session:"),
                .app(Grants.narrow, "unknown scope_undecided", "set authgear.endpoint"),
                Case(
                    cookie: "app_access_token", value: Grants.good.token, verdict: "valid",
                    words: "offline-grant:g-good"),
                Case(
                    cookie: "other", value: "x", verdict: "invalid no_credential", words: "this cookie is no credential"
                ),
            ] as [Case])
        func `it says what the service answers, and each step`(_ item: Case) throws {
            let (status, output) = try inspect(item.arguments)
            let lines = output.split(separator: "\n").map(String.init)
            #expect(lines.first == item.verdict, "\(output)")
            #expect(lines.contains { $0.contains(item.words) }, "\(output)")
            #expect(status == (item.verdict == "valid" ? 0 : 1))
            let response = try HTTPConnection.get(stage.resolver.unix, "/resolve", item.field)
            let start = try #require(lines.firstIndex { $0.hasPrefix("  HTTP/1.1 \(response.status) ") })
            let fields = try Response.fields(
                lines[(start + 1)...].filter { !$0.hasPrefix("  hint ") }.map { $0[...].dropFirst(2) })
            #expect(Response.identity(fields) == response.identity)
            expectNoSecret(item.value, in: output)
        }

        private func expectNoSecret(_ value: String, in output: String) {
            if value.count > 1 { #expect(!output.contains(value)) }
            if let secret = value.split(separator: ".").last, value.contains(".") { #expect(!output.contains(secret)) }
            #expect(!output.contains(value.sha256))
            #expect(!output.contains("the-password"))
        }

        @Test(arguments: [["--token", "-"], ["--cookie", "app_access_token=-"], ["-"], []])
        func `a value from standard input, with the line break behind it`(arguments: [String]) throws {
            try Scratch.write("\(Grants.good.token)\r\n", to: "\(directory)/value")
            let (status, output) = try inspect(arguments, input: "\(directory)/value")
            #expect(output.hasPrefix("valid\n"), "\(output)")
            #expect(status == 0)
        }

        @Test func `each of several is decided on alone, cookies first`() throws {
            let (status, output) = try inspect([
                Grants.good.token, "--token", Grants.revoked.token, "--cookie", "session=\(Sessions.good.cookie)",
                "--cookie", "session=\(Sessions.revoked.cookie)",
            ])
            let verdicts = output.split(separator: "\n").filter { !$0.hasPrefix(" ") }
            #expect(
                verdicts == ["valid", "invalid not_found", "invalid refresh_token_revoked", "valid"], "\(output)")
            #expect(status == 1)
            let good = ["--cookie", "session=\(Sessions.good.cookie)"]
            #expect(try inspect(good + [Grants.good.token, "--token", Mint.token()]).0 == 0)
        }

        @Test func `a policy that is not there is 1`() throws {
            let (status, output) = try inspect(["--policy", "nope", Grants.good.token])
            #expect(status == 1 && output.contains("the configuration has no policy \"nope\": there are none"))
        }

        @Test func `a JWT, with its own checks`() throws {
            let (status, output) = try inspect(["--token", Mint.token()])
            #expect(output.hasPrefix("valid\n  passed   length: found "), "\(output)")
            #expect(output.contains("\n  x-authgear-session-valid: true\n"))
            #expect(status == 0)
            #expect(try inspect(["--token", Mint.tamperedToken()]).1.hasPrefix("invalid signature_wrong\n"))
        }

        @Test func `Authgear is asked when the user's record is missing`() throws {
            let user = Sessions.userMissing.user
            let authgear = try AuthgearServer { _ in
                ["Session-Valid: true", "User-Id: \(user)", "User-Roles: from-authgear"]
            }
            try write("authgear: { endpoint: \"\(authgear.endpoint)\", host: auth.example.com, timeout: 10s }")
            let arguments = ["--cookie", "session=\(Sessions.userMissing.cookie)"]
            let (status, output) = try inspect(arguments)
            #expect(
                output.contains("  Authgear asked about the credential (the user's record is missing): valid, of"),
                "\(output)")
            #expect(output.contains("\n  x-authgear-user-roles: from-authgear\n"))
            #expect(status == 0)
            authgear.stop()
            let (failure, trouble) = try inspect(arguments)
            #expect(trouble.hasPrefix("unknown authgear_unreachable\n"))
            #expect(trouble.contains("missing): Authgear at \(authgear.endpoint): "))
            #expect(failure == 1)
        }

        @Test func `a store that is away is said`() throws {
            let nowhere = Address.ipv4(try FreePort.take())
            try Scratch.write(
                "sessions: { store: redis, app_id: my-project, redis: { url: \"redis://:the-password@\(nowhere)\" } }",
                to: "\(directory)/resolver.yaml")
            let (status, output) = try inspect(["--cookie", "session=\(Sessions.good.cookie)"])
            #expect(output.hasPrefix("unknown store_disconnected\n  record   app:my-project:session:good: not read: "))
            #expect(output.contains("\(nowhere)"))
            #expect(!output.contains("the-password"))
            #expect(status == 1)
        }

        @Test(arguments: [
            (["--token", "x"], "--config is needed"),
            (["--config", "resolver.yaml", "--token", "-", "-"], "One credential alone can come from"),
            (
                ["--config", "resolver.yaml", "--token", "-", "--cookie", "session=-"],
                "One credential alone can come from"
            ),
            (["--config", "resolver.yaml", "--cookie", "session"], "--cookie takes NAME=VALUE"),
            (["--config", "resolver.yaml", "--cookie", "session=a;b"], "a cookie's value ends at the semicolon"),
            (["--config", "resolver.yaml", "--token", "a\r\nb"], "was it wrapped?"),
            (["--config", "resolver.yaml", "--token", "-"], "the token is empty"),
        ])
        func `arguments that are wrong are 64`(arguments: [String], words: String) throws {
            let process = try ResolverServer.run(["inspect"] + arguments, in: directory)
            #expect(try process.wait() == 64)
            #expect(process.output.contains(words), "\(process.output)")
        }

        private func inspect(_ arguments: [String], input: String = "/dev/null") throws -> (Int32, String) {
            let process = try ResolverServer.run(
                ["inspect", "--config", "resolver.yaml"] + arguments, in: directory, input: input)
            return (try process.wait(), process.output)
        }
    }
}
