import Authentication
import Fixtures
import Redis
import Telemetry
import Testing
import Worker

@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Store figures` {
    @Test func `every look-up is counted by kind and result, and written once`() async throws {
        let server = try await RedisServer()
        try await server.cli("SET", "s", RecordReply.session(of: "u1"))
        let store = try await TestStore(url: server.url)
        _ = try await store.lookUp(["s", "none", "s"])
        _ = try await store.lookUp("none", as: .user)
        var figures = StoreFigures()
        figures.merge(try await store.figures)
        #expect(figures[.session, .found] == 2)
        #expect(figures[.session, .missing] == 1)
        #expect(figures[.user, .missing] == 1)
        #expect(figures.connections == 1)
        #expect(figures.durations.counts.reduce(0, +) == 4)
        figures.merge(try await store.figures)
        #expect(figures[.session, .found] == 4)
        #expect(figures.connections == 2)
        var page = PrometheusPage()
        figures.write(to: &page)
        #expect(page.text.contains("authgear_resolver_store_lookups_total{record=\"session\",result=\"found\"} 4\n"))
        #expect(page.text.contains("authgear_resolver_store_lookups_total{record=\"user\",result=\"timed_out\"} 0\n"))
        #expect(page.text.contains("authgear_resolver_store_connections 2\n"))
        #expect(page.text.contains("authgear_resolver_store_lookup_duration_seconds_count 8\n"))
    }
}
