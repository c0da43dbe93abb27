import Fixtures
import Testing

extension IntegrationTests {
    /// What an operator says at http level for other pages does not reach the places where the resolver is asked.
    @Suite struct InheritanceTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        @Test func `a page in place of a 401 lets no stranger in`() throws {
            let nginx = try nginx("proxy_intercept_errors on; error_page 401 = /public/;")
            #expect(try HTTPConnection.get(nginx.address, "/account/").status == 401)
        }

        @Test(arguments: ["/", "/account/"])
        func `a page in place of a 502 lets nobody in while the resolver is away`(_ path: String) throws {
            let nowhere = Address.ipv4(try FreePort.take())
            let nginx = try nginx("error_page 502 503 504 = /public/;", resolver: nowhere)
            let response = try HTTPConnection.get(nginx.address, path)
            #expect(response.status == 503)
            #expect(response["retry-after"] == "1")
        }

        @Test func `a cache gives nobody another's answer`() throws {
            let nginx = try nginx(
                "proxy_cache_path cache keys_zone=answers:1m; proxy_cache answers; proxy_cache_valid 200 10m;")
            let cookie = "Cookie: session=\(Sessions.good.cookie)"
            #expect(try HTTPConnection.get(nginx.address, "/account/", cookie).status == 200)
            #expect(try HTTPConnection.get(nginx.address, "/account/").status == 401)
        }

        private func nginx(_ settings: String, resolver: Address? = nil) throws -> Nginx {
            try Nginx(
                resolver: resolver ?? stage.resolver.ipv4, backend: stage.backend.server.address, settings: settings)
        }
    }
}
