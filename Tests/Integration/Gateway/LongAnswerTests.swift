import Fixtures
import Testing

extension IntegrationTests {
    /// The longest answers that are given pass through the shipped files of nginx; longer ones log nobody out.
    @Suite struct LongAnswerTests {
        /// A session, and its user's record, with long values.
        private struct Member {
            var session: StoredSession
            var user: StoredUser

            init(_ id: String, userID: Int, roles: Int, methods: Int) {
                let name = String(repeating: id, count: userID)
                session = StoredSession(
                    id: id, user: name, claims: #"{"amr":["\#(String(repeating: "m", count: methods))"]}"#)
                user = StoredUser(id: name, roles: Self.roles(roles))
            }

            /// Roles of thirty bytes that have this length with the commas between them.
            private static func roles(_ length: Int) -> [String] {
                var roles = [String](repeating: String(repeating: "r", count: 30), count: length / 31)
                roles.append(String(repeating: "r", count: length - 31 * roles.count))
                return roles
            }

            var records: String {
                """
                "\(RedisServer.key(session: session.id))": \(session.json), "\(RedisServer.key(user: user.id))": \(user.json)
                """
            }

            var identity: [String] {
                [
                    "session-amr: \(session.claims.dropFirst(9).dropLast(3))", "session-authenticated-at: 1700000000",
                    "session-valid: true", "user-anonymous: false", "user-can-reauthenticate: true",
                    "user-id: \(user.id)",
                    "user-roles: \(user.roles.joined(separator: ","))", "user-verified: true",
                ]
            }
        }

        private func resolver(of members: [Member], limits: String) throws -> ResolverServer {
            let file = "\(try Scratch.directory())/sessions.json"
            try Scratch.write("{\(members.map(\.records).joined(separator: ",\n"))}", to: file)
            return try ResolverServer(
                """
                sessions: { store: memory, app_id: my-project, memory: { file: \(file) } }
                \(limits)
                """)
        }

        /// What is left for values of a head of 32 KiB, by the fixed lines and a `Date` and a `Connection`.
        private static let longest = 32_768 - 64 - 298

        private static let cases: [(limits: String, longest: Member, longer: Member)] = [
            (
                "", Member("a", userID: 8192, roles: 8192, methods: 8192),
                Member("b", userID: 1, roles: 8193, methods: 1)
            ),
            (
                "limits: { value_bytes: 32KiB }", Member("a", userID: 1, roles: longest - 2, methods: 1),
                Member("b", userID: 1, roles: longest - 1, methods: 1)
            ),
        ]

        @Test(arguments: 0..<2)
        func `the longest answer arrives at the backend, and a longer one is 503`(_ number: Int) throws {
            let (limits, longest, longer) = Self.cases[number]
            let resolver = try resolver(of: [longest, longer], limits: limits)
            let backend = try Backend(on: .ipv4(FreePort.take()))
            let nginx = try Nginx(resolver: resolver.ipv4, backend: backend.server.address)
            for path in ["/", "/account/"] {
                let response = try HTTPConnection.get(
                    nginx.address, path, "Cookie: session=\(longest.session.cookie)")
                #expect(try Arrived(response).map { Response.identity($0.fields) } == longest.identity)
                let refused = try HTTPConnection.get(nginx.address, path, "Cookie: session=\(longer.session.cookie)")
                #expect(refused.status == 503)
                #expect(refused["retry-after"] == "1")
            }
            let unknown = try HTTPConnection.get(
                resolver.unix, "/require", "Cookie: session=\(longer.session.cookie)")
            #expect(unknown.identity == ["resolver-error: answer_too_long"])
            #expect(try resolver.metric("unknown_total", #"reason="answer_too_long""#) == 3)
            let lines = try eventually("the log to say so") {
                let lines = resolver.process.output.split(separator: "\n").filter { $0.contains("answer_too_long") }
                return lines.isEmpty ? nil : lines
            }
            #expect(lines.count == 1)
            #expect(lines[0].contains(number == 0 ? "limits.value_bytes" : "of at most 32768"))
            #expect(!lines[0].contains("rrr"))
        }
    }
}
