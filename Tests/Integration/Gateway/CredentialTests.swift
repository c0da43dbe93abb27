import Testing

extension IntegrationTests {
    /// The table: each credential, to both endpoints, through nginx and directly.
    @Suite struct CredentialTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        static let table =
            Credential.tokens + Credential.sessionCookies + Credential.grants + Credential.combinations

        @Test(arguments: table)
        func `the backend learns who is calling`(_ credential: Credential) throws {
            let response = try ask(stage.nginx.address, "/some/page?x=1", credential)
            let arrived = try Arrived(response).map { Response.identity($0.fields) }
            switch credential.outcome {
            case .known(let identity): #expect(arrived == identity)
            case .invalid: #expect(arrived == ["session-valid: false"])
            case .none: #expect(arrived == [])
            case .unknown: expectUnavailable(response, arrived)
            }
        }

        @Test(arguments: table)
        func `strangers are turned away`(_ credential: Credential) throws {
            let response = try ask(stage.nginx.address, "/account/page", credential)
            let arrived = try Arrived(response).map { Response.identity($0.fields) }
            switch credential.outcome {
            case .known(let identity): #expect(arrived == identity)
            case .invalid: expectChallenge(response, arrived, isBearer: credential.isBearer)
            case .none: expectChallenge(response, arrived, isBearer: false)
            case .unknown: expectUnavailable(response, arrived)
            }
        }

        @Test(arguments: table)
        func `the resolver itself answers so`(_ credential: Credential) throws {
            let resolve = try ask(stage.resolver.unix, "/resolve", credential)
            let require = try ask(stage.resolver.ipv6, "/_resolver/require/some/page?x=1", credential)
            for response in [resolve, require] {
                #expect(response["content-length"] == "0")
                #expect(response["connection"] == nil)
            }
            switch credential.outcome {
            case .known(let identity):
                #expect([resolve.status, require.status] == [200, 200])
                #expect([resolve.identity, require.identity] == [identity, identity])
            case .invalid:
                #expect([resolve.status, require.status] == [200, 401])
                #expect(resolve.identity == ["session-valid: false"] && require.identity == resolve.identity)
            case .none:
                #expect([resolve.status, require.status] == [200, 401])
                #expect(resolve.identity == [] && require.identity == [])
            case .unknown:
                #expect([resolve.status, require.status] == [503, 503])
                #expect([resolve["retry-after"], require["retry-after"]] == ["1", "1"])
                #expect(resolve.identity.map { $0.prefix(16) } == ["resolver-error: "])
                #expect(require.identity == resolve.identity)
            }
        }

        private func ask(_ address: Address, _ path: String, _ credential: Credential) throws -> Response {
            let fields = try credential.fields().map { $0 + "\r\n" }.joined()
            return try HTTPConnection.ask(address, "GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n")
        }

        private func expectChallenge(_ response: Response, _ arrived: [String]?, isBearer: Bool) {
            #expect(arrived == nil)
            #expect(response.status == 401)
            #expect(response["www-authenticate"] == (isBearer ? #"Bearer error="invalid_token""# : "Bearer"))
        }

        private func expectUnavailable(_ response: Response, _ arrived: [String]?) {
            #expect(arrived == nil)
            #expect(response.status == 503)
            #expect(response["retry-after"] == "1")
        }
    }
}
