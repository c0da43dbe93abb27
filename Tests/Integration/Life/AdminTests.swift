import Foundation
import Testing

extension IntegrationTests {
    /// The admin listener: `/healthz`, `/readyz`, `/metrics`.
    @Suite struct AdminTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        @Test func `it lives`() throws {
            #expect(try HTTPConnection.get(stage.resolver.admin, "/healthz").status == 200)
            #expect(try HTTPConnection.get(stage.resolver.admin, "/resolve").status == 404)
        }

        @Test func `it is ready but for the issuer whose keys it could not fetch`() throws {
            let response = try HTTPConnection.get(stage.resolver.admin, "/readyz")
            #expect(response.status == 200)
            #expect(response.body.hasPrefix("degraded\nissuer \(Mint.silentIssuer): no keys yet"))
            #expect(!response.body.contains("\(Mint.issuer):"))
            let strict = try HTTPConnection.get(stage.resolver.admin, "/readyz?strict")
            #expect(strict.status == 503 && strict.body == response.body)
        }

        @Test func `it is ready when nothing is missing`() throws {
            #expect(try HTTPConnection.get(ListenerStage.shared.get().admin, "/readyz?strict").body == "ready\n")
        }

        @Test(arguments: [
            ("requests_total", "counter"), ("request_errors_total", "counter"), ("refusals_total", "counter"),
            ("unknown_total", "counter"), ("request_duration_seconds", "histogram"), ("connections", "gauge"),
            ("connections_accepted_total", "counter"), ("connections_refused_total", "counter"),
            ("key_set_age_seconds", "gauge"), ("key_set_keys", "gauge"), ("key_set_fetches_total", "counter"),
            ("store_lookups_total", "counter"), ("store_lookup_duration_seconds", "histogram"),
            ("build_info", "gauge"), ("start_time_seconds", "gauge"),
        ])
        func `each metric is there, with its type and what it means`(_ name: String, _ type: String) throws {
            // Something of everything.
            for (path, field) in [
                ("/resolve", "Authorization: Bearer \(try Mint.token())"), ("/resolve", "Cookie: session=a.b"),
                ("/resolve", "Cookie: session=\(Sessions.unreadable.cookie)"), ("/resolve", "X : 1"),
            ] { _ = try HTTPConnection.get(stage.resolver.ipv4, path, field) }
            let response = try HTTPConnection.get(stage.resolver.admin, "/metrics")
            #expect(response.status == 200)
            #expect(response["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let name = "authgear_resolver_" + name
            let lines = response.body.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("# HELP \(name) ") })
            #expect(lines.contains { $0 == "# TYPE \(name) \(type)" })
            #expect(lines.contains { $0.hasPrefix(type == "histogram" ? "\(name)_bucket{" : name) })
        }

        @Test func `a request is counted under its endpoint and outcome`() throws {
            let resolver = stage.resolver
            let labels = [#"endpoint="require""#, #"outcome="valid""#]
            let before = try resolver.metric("requests_total", labels[0], labels[1])
            for _ in 0..<3 {
                _ = try HTTPConnection.get(resolver.ipv4, "/require", "Authorization: Bearer \(Mint.token())")
            }
            #expect(try resolver.metric("requests_total", labels[0], labels[1]) == before + 3)
        }

        @Test func `a refusal is counted under its reason`() throws {
            let before = try stage.resolver.metric("refusals_total", #"reason="expired""#)
            let token = try Mint.token(["exp": Mint.time(-99)])
            _ = try HTTPConnection.get(stage.resolver.ipv4, "/resolve", "Authorization: Bearer \(token)")
            #expect(try stage.resolver.metric("refusals_total", #"reason="expired""#) == before + 1)
        }

        @Test func `no secret and no token is in the log, the metrics, an error or the process's title`() throws {
            let tokens = try [Mint.token(), Mint.tamperedToken(), Mint.token(["exp": Mint.time(-99)])]
            var answers = ""
            for token in tokens {
                answers += try HTTPConnection.get(stage.resolver.ipv4, "/resolve", "Authorization: Bearer \(token)")
                    .description
            }
            for session in [Sessions.good, Sessions.unreadable, Sessions.otherSecret] {
                answers += try HTTPConnection.get(stage.resolver.ipv4, "/resolve", "Cookie: session=\(session.cookie)")
                    .description
            }
            let title = try Scratch.read("/proc/\(stage.resolver.process.pid)/cmdline")
            let metrics = try HTTPConnection.get(stage.resolver.admin, "/metrics").body
            let said = answers + title + metrics + stage.resolver.process.output
            for secret in tokens + [Sessions.good.secret, "the-password"] { #expect(!said.contains(secret)) }
            // What is about users stays out of the log and the metrics, too.
            let kept = metrics + stage.resolver.process.output
            for word in ["u-jwt", "u-good", Sessions.unreadable.id, "not a session"] { #expect(!kept.contains(word)) }
        }
    }
}
