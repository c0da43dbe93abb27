import Testing

extension IntegrationTests {
    /// What a client sends under the resolver's names never reaches the backend.
    @Suite struct SpoofingTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        static let names = [
            "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
            "session-amr", "session-authenticated-at", "allowed", "refused",
        ]

        /// The spellings that a backend might take for the name, twice over.
        static func spellings(_ name: String) -> String {
            let name = "x-authgear-" + name
            let spellings = [
                name, name.uppercased(), name, name.replacing("-", with: "_"),
                name.replacing("-", with: "_").uppercased(),
                name.replacing("x-authgear-", with: "x_authgear-"), name.replacing("x-authgear-", with: "x-authgear_"),
                name.replacing("-", with: "."),
            ]
            return spellings.map { "\($0): spoofed\r\n" }.joined()
        }

        @Test(arguments: names)
        func `a stranger stays a stranger`(_ name: String) throws {
            #expect(try identity(at: "/", Self.spellings(name)) == [])
        }

        @Test(arguments: names)
        func `an invalid credential stays invalid`(_ name: String) throws {
            let fields = "Cookie: session=a.b\r\n" + Self.spellings(name)
            #expect(try identity(at: "/", fields) == ["session-valid: false"])
        }

        @Test(arguments: ["/", "/account/"])
        func `a known user stays who it is`(_ path: String) throws {
            let spellings = Self.names.map(Self.spellings).joined()
            let cookie = "Cookie: session=\(Sessions.good.cookie)\r\n"
            #expect(try identity(at: path, spellings + cookie) == Sessions.identity)
            #expect(try identity(at: path, cookie + spellings) == Sessions.identity)
        }

        @Test func `a user without roles gets none`() throws {
            let cookie = "Cookie: session=\(Sessions.plain.cookie)\r\n"
            let identity = try #require(try identity(at: "/", Self.spellings("user-roles") + cookie))
            #expect(identity.contains("user-id: u-plain"))
            #expect(!identity.contains { $0.contains("roles") })
        }

        @Test(arguments: names)
        func `a location that asks nobody lets nobody claim a name`(_ name: String) throws {
            #expect(try identity(at: "/public/", Self.spellings(name)) == [])
        }

        @Test func `a client can't have the resolver's fields dropped as if they were for one hop`() throws {
            let connection = "Connection: close, \(Self.names.map { "x-authgear-" + $0 }.joined(separator: ", "))\r\n"
            let cookie = "Cookie: session=\(Sessions.good.cookie)\r\n"
            let response = try ask("/", connection + cookie)
            let arrived = try #require(try Arrived(response))
            #expect(Response.identity(arrived.fields) == Sessions.identity)
            #expect(!arrived.fields.contains { $0.name.lowercased() == "connection" })
        }

        @Test(arguments: ["/_authgear/resolve", "/_authgear/require"])
        func `nobody outside can ask the resolver`(_ path: String) throws {
            #expect(try ask(path, "").status == 404)
        }

        @Test func `two Authorization fields are a bad request`() throws {
            let token = "Authorization: Bearer \(try Mint.token())\r\n"
            for fields in [
                token + token, token + "Authorization: Basic eDp5\r\n", "Authorization: Basic eDp5\r\n" + token,
            ] {
                #expect(try ask("/", fields).status == 400)
            }
        }

        private func ask(_ path: String, _ fields: String) throws -> Response {
            try HTTPConnection.ask(stage.nginx.address, "GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n")
        }

        /// What the backend sees; nil when the request does not arrive there.
        private func identity(at path: String, _ fields: String) throws -> [String]? {
            try Arrived(ask(path, fields)).map { Response.identity($0.fields) }
        }
    }
}
