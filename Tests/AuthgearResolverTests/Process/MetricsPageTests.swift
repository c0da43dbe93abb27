import Authentication
import AuthgearResolver
import Bytes
import EventLoop
import Fixtures
import KeySets
import Questions
import Redis
import Telemetry
import Testing
import Trust
import Worker

@Suite struct MetricsPageTests {
    private static let ready = IssuerStatus(
        issuer: "https://a.example", age: .milliseconds(1_500), usableUntil: 90_000_000_000,
        nextFetch: 12_900_000_000, keys: 2, skipped: 1,
        fetches: [.changed: 1, .timeout: 3])
    private static let waiting = IssuerStatus(
        issuer: "https://b.example", keys: 0, skipped: 0, fetches: [:], problem: "its keys are not loaded")

    /// Of a system that was started ten seconds before the process.
    private static let clock = LoopClock(steady: 10_000_000_000, civil: Timestamp(seconds: 1_800_000_000))

    private static func store() -> StoreFigures {
        var figures = StoreFigures()
        figures.proofAge = .milliseconds(120)
        return figures
    }

    private static func page(loops: Int = 2, issuers: [IssuerStatus] = [ready, waiting]) throws -> Exposition {
        var configuration = Configuration()
        configuration.policies = [AccessPolicy(name: "orders")]
        var asked = Configuration.Issuer(identifier: "https://a.example", audiences: ["a"])
        asked.introspection = Configuration.Introspection(client: ClientCredentials(id: "me", secret: "s"))
        configuration.issuers = [asked]
        let resolver = configuration.resolver()
        let page = MetricsPage(
            listener: ListenerFigures(), connections: ConnectionFigures(),
            workers: (0..<loops).map { WorkerFigures(connections: $0 + 1, waiting: 2, busy: 1_500_000_000) },
            resolvers: (0..<loops).map { _ in ResolverFigures(resolver) }, issuers: issuers, store: store(),
            revocationLag: .milliseconds(250),
            reload: ReloadFigures(generation: 3, sha256: "ab", done: 2, refused: 1),
            certificates: [CertificateDates.Date(path: "/a \"b\".pem", notAfter: 1_900_000_000)],
            startedAt: Timestamp(seconds: 1_800_000_000), suppressedLines: 9, clock: clock)
        return try Exposition(page.text)
    }

    @Test func `every metric stands on the page, and nothing else`() throws {
        let page = try Self.page()
        #expect(Set(page.families.map(\.name)) == Set(Metric.all.map(\.name)))
        for metric in Metric.all {
            let family = try #require(page.family(metric.name))
            #expect(family.kind == metric.kind.rawValue)
            for sample in family.samples where metric.kind != .histogram {
                #expect(Set(sample.labels.keys) == Set(metric.labels))
            }
        }
    }

    @Test func `each worker stands under its number, and their requests that wait are added up`() throws {
        let page = try Self.page(loops: 3)
        let (connections, busy) = (page.family(Metric.workerConnections.name), page.family(Metric.workerBusy.name))
        #expect(connections?.samples.map(\.labels) == (0..<3).map { ["worker": "\($0)"] })
        #expect(connections?.samples.map(\.value) == [1, 2, 3])
        #expect(busy?.samples.map(\.value) == [1.5, 1.5, 1.5])
        #expect(page.family(Metric.requestsInFlight.name)?.value() == 6)
        #expect(page.family(Metric.suppressedLines.name)?.value() == 9)
    }

    @Test func `a worker that never told anything is left out, and the others keep their numbers`() throws {
        var page = PrometheusPage(.prometheus)
        [nil, WorkerFigures(connections: 4, waiting: 2, busy: 1_000_000_000)].write(to: &page)
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(text.contains(#"worker_connections{worker="1"} 4"#) && !text.contains(#"{worker="0"}"#))
    }

    @Test func `each issuer has its keys, and its age when it has one`() throws {
        let page = try Self.page()
        let (ready, waiting) = (["issuer": "https://a.example"], ["issuer": "https://b.example"])
        let ages = try #require(page.family(Metric.keySetAge.name))
        #expect(ages.value(ready) == 1.5)
        #expect(ages.value(waiting) == nil)
        #expect(page.family(Metric.keySetKeys.name)?.value(ready) == 2)
        #expect(page.family(Metric.keySetKeys.name)?.value(waiting) == 0)
        #expect(page.family(Metric.keySetSkipped.name)?.value(ready) == 1)
    }

    @Test func `moments of an issuer's keys are those of the civil clock, and none before there are keys`() throws {
        let page = try Self.page()
        let (ready, waiting) = (["issuer": "https://a.example"], ["issuer": "https://b.example"])
        let until = try #require(page.family(Metric.keySetUsableUntil.name))
        #expect(until.value(ready) == 1_800_000_080)
        #expect(until.value(waiting) == nil)
        let next = try #require(page.family(Metric.keySetNextFetch.name))
        #expect(next.value(ready) == 1_800_000_002)
        #expect(next.value(waiting) == nil)
    }

    @Test func `a file of certificates stands under its path, whatever is in that`() throws {
        let dates = try #require(try Self.page().family(Metric.tlsNotAfter.name))
        #expect(dates.samples.map(\.labels) == [["file": "/a \"b\".pem"]])
        #expect(dates.samples.map(\.value) == [1_900_000_000])
    }

    @Test func `fetches are counted by every result, those that never came too`() throws {
        let fetches = try #require(try Self.page().family(Metric.keySetFetches.name))
        for result in FetchResult.allCases {
            let ready = fetches.value(["issuer": Self.ready.issuer, "result": result.rawValue])
            #expect(ready == Double(Self.ready.fetches[result] ?? 0))
            #expect(fetches.value(["issuer": Self.waiting.issuer, "result": result.rawValue]) == 0)
        }
    }

    @Test func `issuers beyond fifty have the results that came alone`() throws {
        let issuers = (0..<52).map { number in
            IssuerStatus(issuer: "https://\(number).example", keys: 0, skipped: 0, fetches: [.timeout: number])
        }
        let fetches = try #require(try Self.page(issuers: issuers).family(Metric.keySetFetches.name))
        for (number, issuer) in issuers.enumerated() {
            let results = FetchResult.allCases.filter { result in
                fetches.value(["issuer": issuer.issuer, "result": result.rawValue]) != nil
            }
            #expect(results == (number < MetricsPage.issuersWithAllResults ? FetchResult.allCases : [.timeout]))
        }
    }

    @Test(arguments: [(true, false), (false, true), (false, false)])
    func `the page says whether the process is ready and whether it drains`(isReady: Bool, isDraining: Bool) throws {
        let page = MetricsPage(
            listener: ListenerFigures(), connections: ConnectionFigures(open: 3, limit: 7), resolvers: [], issuers: [],
            store: StoreFigures(), revocationLag: .zero,
            reload: ReloadFigures(generation: 1, sha256: "ab", done: 0, refused: 0), isReady: isReady,
            isDraining: isDraining, startedAt: Timestamp(seconds: 1), clock: Self.clock)
        let exposition = try Exposition(page.text)
        #expect(exposition.family(Metric.ready.name)?.value() == (isReady ? 1 : 0))
        #expect(exposition.family(Metric.draining.name)?.value() == (isDraining ? 1 : 0))
        #expect(exposition.family(Metric.connectionsLimit.name)?.value() == 7)
    }

    @Test func `the page says what runs, since when, and how late a revocation may be noticed`() throws {
        let page = try Self.page()
        #expect(
            page.family(Metric.buildInfo.name)?.value(["version": Version.program, "swift": Version.swift]) == 1)
        #expect(page.family(Metric.startTime.name)?.value() == 1_800_000_000)
        #expect(page.family(Metric.revocationLag.name)?.value() == 0.25)
    }

    @Test func `a page without issuers, or of loops that are gone, is sound`() throws {
        #expect(try Self.page(issuers: []).family(Metric.keySetKeys.name) == nil)
        #expect(try Self.page(loops: 0).family(Metric.refusals.name) == nil)
    }
}
