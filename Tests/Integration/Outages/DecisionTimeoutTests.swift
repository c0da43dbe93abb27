import Testing

extension IntegrationTests {
    /// `limits.decision_timeout`: one bound for all that a request waits for.
    @Suite struct DecisionTimeoutTests {
        @Test(arguments: ["/resolve", "/require"])
        func `a decision that takes too long is unknown, before any look-up has failed`(_ path: String) throws {
            let redis = try StandInRedis(.holdsReads)
            let resolver = try ResolverServer(
                """
                sessions:
                  store: redis
                  app_id: my-project
                  redis: { url: "\(redis.url)", command_timeout: 60s }
                limits: { decision_timeout: 200ms }
                """)
            let connection = try HTTPConnection(to: resolver.unix)
            let response = try connection.get(path, "Cookie: session=a.b; session=c.d; session=e.f; session=g.h")
            #expect(response.status == 503)
            #expect(response.identity == ["resolver-error: decision_timed_out"])
            #expect(response["retry-after"] == "1")
            #expect(try resolver.metric("unknown_total", #"reason="decision_timed_out""#) == 1)
            redis.release()
            // The reply that comes now is nobody's, and the connection serves on.
            #expect(try connection.get(path, "Cookie: session=a.b").identity == ["session-valid: false"])
        }
    }
}
