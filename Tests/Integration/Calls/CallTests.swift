import Fixtures
import Testing

extension IntegrationTests {
    /// The rows of contract section 28, as gRPC's own client sees them, in both shapes of headers.
    @Suite(.enabled(if: Program.callPython != nil, "needs grpcio in .build/calls (make test installs it)"))
    struct CallTests {
        typealias Call = CallClient.Call

        /// Whom a call is about, what it asks, and what is answered.
        struct Row: Sendable, CustomTestStringConvertible {
            enum Answer: Sendable {
                /// The fields that describe the user.
                case ok([String])
                case denied(code: Int, status: Int, [String] = [])
            }

            let name: String
            let sender: GatewayRow.Sender
            var fields: [String] = []
            var extensions: [String: String] = [:]
            var metadata: [String: String] = [:]
            let answer: Answer

            var testDescription: String { name }
        }

        private static let challenge = "www-authenticate: Bearer"
        private static let unavailable = Row.Answer.denied(code: 14, status: 503, ["retry-after: 1"])
        private static let require = ["endpoint": "require"]
        private static let policy = ["policy": "admin"]

        static let rows: [Row] = [
            Row(name: "a stranger", sender: .nobody, answer: .ok([])),
            Row(name: "a session", sender: .session, answer: .ok(Sessions.identity)),
            Row(name: "a token", sender: .token, answer: .ok(Mint.identity)),
            Row(name: "what is invalid", sender: .invalid, answer: .ok(["session-valid: false"])),
            Row(name: "a token of 12 kB", sender: .longToken, answer: .ok(Mint.identity)),
            Row(
                name: "a stranger, required", sender: .nobody, extensions: require,
                answer: .denied(code: 16, status: 401, [challenge])),
            Row(
                name: "what is invalid, required", sender: .invalid, extensions: require,
                answer: .denied(code: 16, status: 401, [challenge])),
            Row(
                name: "what is forged, required", sender: .forged, extensions: require,
                answer: .denied(code: 16, status: 401, [#"www-authenticate: Bearer error="invalid_token""#])),
            Row(name: "a session, required", sender: .session, extensions: require, answer: .ok(Sessions.identity)),
            Row(
                name: "required by metadata", sender: .nobody, metadata: ["x-authgear-endpoint": "require"],
                answer: .denied(code: 16, status: 401, [challenge])),
            Row(
                name: "the route's word before metadata", sender: .nobody, extensions: ["endpoint": "resolve"],
                metadata: ["x-authgear-endpoint": "require"], answer: .ok([])),
            Row(
                name: "a policy refuses a token", sender: .plainToken, extensions: policy,
                answer: .denied(code: 7, status: 403, [#"www-authenticate: Bearer error="insufficient_scope""#])),
            Row(
                name: "a policy refuses a session", sender: .plain, metadata: ["x-authgear-policy": "admin"],
                answer: .denied(code: 7, status: 403)),
            Row(
                name: "a policy takes", sender: .token, extensions: policy,
                answer: .ok(Mint.identity)),
            Row(
                name: "a policy on resolve", sender: .plainToken,
                extensions: ["endpoint": "resolve", "policy": "admin"],
                answer: .ok(
                    Mint.identity.filter { !$0.hasPrefix("user-roles") } + ["allowed: false", "refused: role"])),
            Row(name: "what is unknown", sender: .unknown, answer: unavailable),
            Row(name: "what is unknown, required", sender: .unknown, extensions: require, answer: unavailable),
            Row(
                name: "an endpoint that is not there", sender: .session, extensions: ["endpoint": "x"],
                answer: unavailable),
            Row(name: "a policy that is not there", sender: .session, extensions: ["policy": "x"], answer: unavailable),
            Row(
                name: "two authorizations", sender: .token, fields: ["authorization: Bearer b"],
                answer: .denied(code: 3, status: 400)),
            Row(
                name: "too many bytes", sender: .token, fields: ["x: " + String(repeating: "y", count: 70_000)],
                answer: .denied(code: 3, status: 431)),
        ]

        private static func pairs(_ lines: [String]) -> [[String]] {
            lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return [parts[0].lowercased(), String(parts[1].dropFirst())]
            }
        }

        private static let spoofs = [
            "x_authgear_user_id: spoofed", "x-authgear-user-roles: spoofed", "x.authgear.x: spoofed",
        ]

        @Test(arguments: [true, false])
        func `each row of the contract has its answer`(isList: Bool) throws {
            let resolver = try GatewayStand.shared.get().resolver(of: .envoyByCalls)
            let calls = try Self.rows.map { row in
                Call(
                    headers: Self.pairs(try row.sender.fields() + row.fields + Self.spoofs), isList: isList,
                    extensions: row.extensions, metadata: row.metadata.map { [$0, $1] })
            }
            let answers = try CallClient.ask(try #require(resolver.calls.first), calls)
            for (row, answer) in zip(Self.rows, answers) { expect(answer, of: row) }
            #expect(answers.count == Self.rows.count)
        }

        private func expect(_ answer: CallClient.Answer, of row: Row) {
            #expect(answer.end == 0, "\(row.name)")
            switch row.answer {
            case .ok(let identity):
                #expect(answer.code == 0 && answer.kind == "ok_response", "\(row.name)")
                #expect(answer.headers.sorted() == identity.map { "x-authgear-\($0)" }.sorted(), "\(row.name)")
                let set = answer.headers.map { $0.prefix { $0 != ":" } }
                let removed = Set(answer.removed)
                #expect(set.allSatisfy { !removed.contains(String($0)) }, "a name in both lists is gone")
                let names = Set(GatewayRow.names.map { "x-authgear-\($0)" }).subtracting(set.map(String.init))
                #expect(removed == names.union(["x_authgear_user_id", "x.authgear.x"]), "\(row.name)")
            case .denied(let code, let status, let headers):
                #expect(answer.code == code && answer.kind == "denied_response", "\(row.name)")
                #expect(answer.status == status && answer.headers == headers, "\(row.name)")
            }
        }

        @Test func `a cookie that another site may have sent is refused`() throws {
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(
                """
                sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
                original: nginx
                csrf: { origins: ["https://app.test"] }

                """, calls: ["/require"])
            try resolver.becomeReady()
            let cookie = ["cookie", "session=\(Sessions.good.cookie)"]
            let answers = try CallClient.ask(
                try #require(resolver.calls.first),
                [
                    Call(headers: [cookie, ["origin", "https://evil.test"]], verb: "POST"),
                    Call(headers: [cookie, ["origin", "https://app.test"]], isList: true, verb: "POST"),
                    // The client's own method is the message's, whatever a field says.
                    Call(headers: [cookie, ["x-original-method", "GET"]], verb: "POST"), Call(headers: [cookie]),
                ])
            #expect(answers.map(\.code) == [7, 0, 7, 0])
            #expect(answers.map(\.status) == [403, nil, 403, nil])
        }

        @Test func `what an address is for counts where a call says nothing`() throws {
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(
                """
                sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
                policies: { admin: { roles: [stock.edit] } }

                """, calls: ["", "/require", "/policy/admin/require"])
            try resolver.becomeReady()
            let calls = try [GatewayRow.Sender.nobody, .plain, .session].map {
                Call(headers: Self.pairs(try $0.fields()))
            }
            let codes = try resolver.calls.map { try CallClient.ask($0, calls).map(\.code) }
            #expect(codes == [[0, 0, 0], [16, 0, 0], [16, 7, 0]])
            let said = [
                Call(extensions: ["endpoint": "resolve"]), Call(metadata: [["x-authgear-endpoint", "resolve"]]),
            ]
            #expect(try CallClient.ask(resolver.calls[2], said).map(\.code) == [0, 0])
        }

        @Test func `other calls end with their codes, and never with an empty message`() throws {
            let resolver = try GatewayStand.shared.get().resolver(of: .envoyByCalls)
            let service = Array("envoy.service.auth.v3.Authorization".utf8)
            let answers = try CallClient.ask(
                try #require(resolver.calls.first),
                [
                    Call(bytes: [0x0A, 5, 1]), Call(method: "/envoy.service.auth.v2.Authorization/Check"),
                    Call(method: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", bytes: []),
                    Call(method: Call.health, bytes: []),
                    Call(method: Call.health, bytes: [0x0A, UInt8(service.count)] + service),
                    Call(method: Call.health, bytes: [0x0A, 1, 0x61]), Call(method: Call.health, bytes: [0x0A]),
                    Call(bytes: []),
                ])
            #expect(answers.map(\.end) == [3, 12, 12, 0, 0, 5, 3, 0])
            #expect(answers[3].bytes == [8, 1] && answers[4].bytes == [8, 1])
            // A message without a request is about a stranger.
            #expect(answers[7].code == 0 && answers[7].kind == "ok_response")
        }

        @Test func `a call ends at its deadline, and the connection goes on`() throws {
            let redis = try GatewayStage.shared.get().redis
            let balancer = try Balancer(to: redis.address)
            let resolver = try ResolverServer(
                """
                sessions:
                  store: redis
                  app_id: my-project
                  redis: { url: "redis://:the-password@\(balancer.address)", command_timeout: 5s }
                limits: { decision_timeout: 10s }

                """, calls: ["/require"])
            try resolver.becomeReady()
            balancer.fallSilent()
            let cookie = ["cookie", "session=\(Sessions.good.cookie)"]
            let answers = try CallClient.ask(
                try #require(resolver.calls.first), [Call(headers: [cookie], timeout: 0.3), Call()])
            #expect(answers.map(\.end) == [4, 0])
            #expect(answers.map(\.code) == [nil, 16])
        }
    }
}
