import AuthgearResolver
import EventLoop
import Fixtures
import JOSE
import Logging
import Telemetry
import Testing
import Worker

/// The whole process: what one of its parts learns shows in what another answers.
@Suite(.timeLimit(.minutes(5))) struct ResolverProcessTests {
    @Test func `tokens and cookies are answered as soon as the keys have come`() async throws {
        try await RunningProcess.with { process in
            let token = try await process.ask(bearing: process.credentials.validToken)
            #expect(token.status == 200)
            #expect(token.headers["x-authgear-session-valid"] == "true")
            #expect(token.headers["x-authgear-user-id"] == DemoCredentials.user)
            #expect(token.headers["x-authgear-user-roles"] == "stock.view,stock.edit")
            let cookie = try await process.ask("/resolve", ["Cookie": "session=\(process.credentials.validCookie)"])
            #expect(cookie.1["x-authgear-user-id"] == DemoCredentials.user)
            let revoked = try await process.ask("/resolve", ["Cookie": "session=\(process.credentials.revokedCookie)"])
            #expect(revoked.1 == ["x-authgear-session-valid": "false"])
            #expect(try await process.ask("/require").0 == 401)
        }
    }

    @Test func `the operator hears that it is ready, and what was counted`() async throws {
        try await RunningProcess.with { process in
            let valid = try await process.ask(bearing: process.credentials.validToken)
            #expect(valid.headers["x-authgear-session-valid"] == "true", "\(valid)")
            _ = try await process.ask(bearing: process.credentials.expiredToken)
            #expect(try await process.page("/healthz") == (200, "ok\n"))
            for path in ["/readyz", "/readyz?strict"] { #expect(try await process.page(path) == (200, "ready\n")) }
            let page = try Exposition(try await process.page("/metrics").text)
            // There are no access policies, no introspection endpoints, no Redis and no TLS.
            let absent = [Metric.policies, Metric.serverQuestions, Metric.storeProofAge, Metric.tlsNotAfter].map(\.name)
            #expect(Set(page.families.map(\.name)) == Set(Metric.all.map(\.name)).subtracting(absent))
            #expect(page.family(Metric.ready.name)?.value() == 1)
            let requests = try #require(page.family(Metric.requests.name))
            #expect(requests.value(["endpoint": "resolve", "outcome": "valid"]) == 1)
            #expect(requests.value(["endpoint": "resolve", "outcome": "invalid"]) == 1)
            let refusals = try #require(page.family(Metric.refusals.name))
            #expect(refusals.value(["credential": "token", "reason": "expired"]) == 1)
            let connections = try #require(page.family(Metric.connections.name)?.value())
            let byWorker = try #require(page.family(Metric.workerConnections.name))
            #expect(byWorker.samples.map(\.labels) == [["worker": "0"], ["worker": "1"]])
            #expect(byWorker.samples.map(\.value).reduce(0, +) == connections)
            #expect(try #require(page.family(Metric.workerBusy.name)?.value(["worker": "0"])) > 0)
            #expect(try #require(page.family(Metric.openFiles.name)?.value()) >= connections)
            #expect(page.family(Metric.keySetKeys.name)?.value(["issuer": DemoCredentials.issuer]) == 1)
        }
    }

    @Test func `a changed file changes whose tokens are valid, in both directions`() async throws {
        try await RunningProcess.with { process in
            let newcomer = try DemoCredentials(now: .now, kid: "next")
            let old = try await process.ask(bearing: process.credentials.validToken)
            #expect(old.headers["x-authgear-session-valid"] == "true")
            try process.publish(newcomer.jwks)
            // Its key is not known yet: the request has the file looked at, and waits for that.
            let new = try await process.ask(bearing: newcomer.validToken)
            #expect(new.headers["x-authgear-session-valid"] == "true")
            let gone = try await process.ask(bearing: process.credentials.validToken)
            #expect(gone.headers == ["x-authgear-session-valid": "false"])
        }
    }

    @Test func `until the delay is over, who is told to end is not ready and serves as before`() async throws {
        try await RunningProcess.with(shutdownDelay: .seconds(1_000)) { process in
            _ = try await process.ask(bearing: process.credentials.validToken)
            #expect(try await process.page("/readyz") == (200, "ready\n"))
            let ending = process.end()
            try await waitUntil { try await process.page("/readyz").status != 200 }
            #expect(try await process.page("/readyz") == (503, "draining\n"))
            let page = try Exposition(try await process.page("/metrics").text)
            #expect(page.family(Metric.ready.name)?.value() == 0 && page.family(Metric.draining.name)?.value() == 1)
            #expect(try await process.page("/healthz") == (200, "ok\n"))
            let token = try await process.ask(bearing: process.credentials.validToken)
            #expect(token.headers["x-authgear-session-valid"] == "true")
            ending.cancel()
        }
    }

    @Test func `what is told to end before it serves ends at once`() async throws {
        var settings = Configuration()
        settings.listen = [.tcp(host: "127.0.0.1", port: 0)]
        settings.admin.listen = .tcp(host: "127.0.0.1", port: 0)
        settings.threads = .count(1)
        settings.limits.connections = 8
        let process = try ResolverProcess(
            settings, stores: .none, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await process.end()
        try await process.serve()
    }
}
