import AuthgearResolver
import Testing

/// What says of traces reaches the resolver where it is looked at, and nowhere else.
@Suite struct TracedGatewayTests {
    private static let issuer = "issuers: [{ issuer: \"https://id.example\", audiences: [a] }]\n"
    private static let traced = issuer + "tracing: { otlp: \"http://127.0.0.1:4318\" }\n"

    /// All but Caddy, which hands on every field.
    private static let naming = GatewayFiles.Gateway.allCases.filter { $0 != .caddy && $0 != .nginx }

    @Test(arguments: naming)
    func `printed files hand on what says of a trace, with tracing`(gateway: GatewayFiles.Gateway) throws {
        let with = try GatewayFiles(gateway, configuration(Self.traced)).all.map(\.text).joined()
        let without = try GatewayFiles(gateway, configuration(Self.issuer)).all.map(\.text).joined()
        for name in ["traceparent", "tracestate"] {
            #expect(with.contains(name))
            #expect(!without.contains(name))
        }
    }

    @Test func `nginx hands it on wherever it asks`() throws {
        let files = NginxFiles(try configuration(Self.traced)).all
        let lines = files.first { $0.name == "locations.conf" }?.text.split(separator: "\n") ?? []
        for name in ["traceparent", "tracestate"] {
            #expect(lines.count { $0 == "    proxy_set_header \(name) $http_\(name);" } == 3)
        }
        #expect(!NginxFiles(try configuration(Self.issuer)).all.contains { $0.text.contains("traceparent") })
    }
}
