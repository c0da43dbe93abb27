import AuthgearResolver
import Bytes
import EventLoop
import Fixtures
import Logging
import Telemetry
import Testing
import Worker

/// What the operator can change by the admin listener of a whole process.
@Suite(.timeLimit(.minutes(5))) struct OperatorChangesTests {
    private func entries(_ process: RunningProcess) async throws -> Double {
        let page = try Exposition(try await process.page("/metrics").text)
        return try #require(page.family(Metric.tokenCacheEntries.name)?.value())
    }

    @Test func `a flush empties the caches of all workers, and answers stay right`() async throws {
        try await RunningProcess.with(changes: true) { process in
            for _ in 0..<2 {
                #expect(try await process.ask(bearing: process.credentials.validToken).status == 200)
                #expect(try await entries(process) >= 1)
                #expect(try await process.change("/cache/flush") == (200, "the caches of 2 workers are empty\n"))
                // Of a worker that is too busy to say how it is, what it said last is told.
                try await waitUntil { try await entries(process) == 0 }
            }
            let token = try await process.ask(bearing: process.credentials.validToken)
            #expect(token.headers["x-authgear-user-id"] == DemoCredentials.user)
        }
    }

    @Test func `a worker that hangs is told to forget, and who asks is told that it has not`() async {
        let loops = LoopSet(count: 2)
        for pulse in loops.pulses { pulse.beat(at: Moment.steadyNanoseconds() - 6_000_000_000) }
        let rights = { @Sendable in ChangeRights(areGiven: true, address: .tcp(host: "127.0.0.1", port: 1)) }
        let page = AdminPage.cacheFlush(
            rights: rights, of: loops, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var request = AdminRequest("POST", "/cache/flush")
        (request.host, request.adminField) = ("127.0.0.1", "1")
        let answer = await AdminPages([page]).answer(to: request)
        #expect(answer.status == 503)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == "the caches of 0 of 2 workers are empty; worker 0 hangs, and forgets when it goes on; "
                + "worker 1 hangs, and forgets when it goes on\n")
        #expect(loops.mailboxes.allSatisfy { $0.hasMessages })
    }

    @Test func `a reload says which workers have not changed over`() {
        let words = "a.yaml: reloaded; it is configuration 3 since the start"
        #expect(Reloader.Outcome.done(generation: 3, late: []).words(of: "a.yaml") == words)
        #expect(
            Reloader.Outcome.done(generation: 3, late: [1]).words(of: "a.yaml")
                == words + "; worker 1 hangs, and changes over when it goes on")
    }

    @Test func `without leave nothing changes, and without a file nothing is reloaded`() async throws {
        try await RunningProcess.with { (process) async throws in
            for path in ["/reload", "/drain", "/cache/flush"] {
                #expect(try await process.change(path) == (403, "changes are off: admin.changes turns them on\n"))
                #expect(try await process.page(path).status == 405)
            }
            #expect(try await process.page("/readyz").status == 200)
        }
        try await RunningProcess.with(changes: true) { (process) async throws in
            #expect(try await process.change("/reload") == (422, "there is no configuration file\n"))
            // Whose log it is not has no level of it to set.
            #expect(try await process.change("/loglevel?level=debug").status == 404)
        }
    }

    @Test func `a drain is not ready at once, serves until the delay is over, and ends`() async throws {
        try await RunningProcess.with(shutdownDelay: .seconds(1), changes: true) { process in
            _ = try await process.ask(bearing: process.credentials.validToken)
            for _ in 0..<2 { #expect(try await process.change("/drain") == (200, "draining\n")) }
            #expect(try await process.page("/readyz") == (503, "draining\n"))
            #expect(try await process.ask(bearing: process.credentials.validToken).status == 200)
            // Nobody else tells it to: it ends by itself.
            try await waitUntil { (try? await process.page("/healthz")) == nil }
        }
    }

    @Test func `the configuration of no file has a number, and says nothing`() async throws {
        try await RunningProcess.with { process in
            let page = try await process.page("/config")
            #expect(page == (200, #"{"generation": 1, "sha256": "", "configuration": {}}"# + "\n"))
        }
    }
}
