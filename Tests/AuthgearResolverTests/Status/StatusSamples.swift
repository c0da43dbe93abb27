import Authentication
import AuthgearResolver
import Bytes
import Logging
import Telemetry

/// Reports as the page may have to show them.
enum StatusSamples {
    static let now = Timestamp(seconds: 1_800_000_000)

    /// Names that try to be something else than names.
    static let hostileNames = [
        "https://a.example/<script>alert(1)</script>", "https://b.example/\" onload=\"alert(1)", "'><img src=x>",
        "</title></style></table>&lt;&amp;", "https://\u{202E}moc.elpmaxe\u{2066}", "a\u{0}b\u{1B}[31mc\u{85}\u{FFFF}",
        String(repeating: "long-", count: 2_000), "\u{2028}\u{FEFF}\u{E000}",
    ]

    /// With every field filled in.
    static func full(state: Readiness.State = .ready) -> StatusReport {
        var report = StatusReport(
            at: now, startedAt: now - .seconds(93_784), state: state, since: now - .seconds(3_900))
        report.generation = 7
        report.digest = String(repeating: "0123456789abcdef", count: 4)
        report.history = history
        report.workers = (0..<2).map { number in
            var row = StatusReport.WorkerRow(number: number)
            (row.connections, row.requestsPerSecond, row.busy, row.waiting) = (120 + number, 4_211.5, 0.42, 3)
            return row
        }
        report.issuers = StatusReport.IssuerRow.State.allCases.reversed().map { issuer("https://\($0).example", $0) }
        report.store = store
        report.servers = servers
        report.caches = [cache("tokens"), cache("sessions")]
        report.answers = [.init(endpoint: "resolve", outcome: "valid", count: 1_234_567)]
        report.policies = [.init(policy: "admin", reason: "missing_role", count: 12)]
        report.refusals = [.init(credential: "token", reason: "expired", count: 345)]
        report.unknowns = [.init(reason: "store_unavailable", count: 6)]
        report.limits = [
            .init("limits.connections", used: 241, of: 10_000),
            .init("limits.buffered_bytes", used: 130 << 20, of: 128 << 20, in: .bytes),
        ]
        report.warnings = [
            .init(
                at: now, level: .warning, message: "keys could not be fetched",
                fields: [(name: "issuer", value: "https://failing.example"), (name: "reason", value: "timed out")]),
            .init(at: now - .seconds(60), level: .error, message: "the configuration is not taken"),
        ]
        return report
    }

    /// As the process is at its start, when nothing has come yet.
    static var starting: StatusReport {
        var report = StatusReport(at: now, startedAt: now, state: .starting, since: now)
        report.problems = ["issuer https://a.example: no keys yet from https://a.example/jwks"]
        report.issuers = [issuer("https://a.example", .waiting)]
        report.store = .init(form: "none")
        return report
    }

    static var degraded: StatusReport {
        var report = full(state: .degraded)
        report.problems = [
            "issuer https://failing.example: keys are too old: timed out", "Authgear: connection refused",
        ]
        return report
    }

    static var draining: StatusReport {
        var report = full(state: .draining)
        report.problems = ["draining"]
        return report
    }

    /// 500 issuers, of which the bad ones come last.
    static var crowded: StatusReport {
        var report = full(state: .degraded)
        report.issuers = (0..<500).map { issuer("https://issuer-\($0).example", $0 < 490 ? .good : .stale) }
        return report
    }

    /// Wherever a name of the configuration stands, one that is hostile.
    static var hostile: StatusReport {
        var report = full(state: .unavailable)
        report.problems = hostileNames
        report.issuers = hostileNames.map { issuer($0, .failing) }
        report.store?.address = hostileNames[0]
        report.store?.sentinels = hostileNames.map { .init(address: $0, state: "silent", problem: $0) }
        report.servers = hostileNames.map {
            var row = StatusReport.ServerRow(server: $0, purpose: $0, inFlight: 0, waiting: 0, isBreakerOpen: true)
            row.results = [(result: $0, count: 1)]
            return row
        }
        report.policies = hostileNames.map { .init(policy: $0, reason: $0, count: 1) }
        report.warnings = hostileNames.map {
            .init(at: now, level: .warning, message: $0, fields: [(name: $0, value: $0)])
        }
        return report
    }

    /// By the names of the files that a browser is shown.
    static var all: [(name: String, report: StatusReport)] {
        [
            ("ready", full()), ("starting", starting), ("degraded", degraded), ("draining", draining),
            ("unavailable", full(state: .unavailable)), ("crowded", crowded), ("hostile", hostile),
        ]
    }

    private static func issuer(_ name: String, _ state: StatusReport.IssuerRow.State) -> StatusReport.IssuerRow {
        let hasKeys = state != .waiting
        var row = StatusReport.IssuerRow(
            issuer: name, state: state, keys: hasKeys ? 3 : 0, place: name + "/.well-known/openid-configuration")
        (row.skipped, row.age) = (hasKeys ? 1 : 0, hasKeys ? .seconds(state == .stale ? 90_000 : 240) : nil)
        (row.nextFetch, row.source) = (.seconds(61), hasKeys ? "fetch" : nil)
        row.failure = state == .good ? nil : "the server did not answer in time"
        return row
    }

    private static var store: StatusReport.StoreRow {
        var store = StatusReport.StoreRow(form: "redis")
        (store.address, store.role, store.connections) = ("10.0.0.7:6379", "primary", 2)
        (store.connectedSince, store.lastProof) = (now - .seconds(3_600), .milliseconds(120))
        (store.changesPerSecond, store.reconnections, store.revocationBound) = (12.25, 2, .milliseconds(1_000))
        store.sentinels = [
            .init(address: "10.0.0.1:26379", state: "agrees"),
            .init(address: "10.0.0.2:26379", state: "silent", problem: "connection refused"),
        ]
        return store
    }

    private static var servers: [StatusReport.ServerRow] {
        var authgear = StatusReport.ServerRow(
            server: "https://accounts.example/resolve", purpose: "authgear", inFlight: 2, waiting: 0,
            isBreakerOpen: false)
        authgear.results = [(result: "valid", count: 1_200), (result: "timed_out", count: 3)]
        let broken = StatusReport.ServerRow(
            server: "https://failing.example", purpose: "introspection", inFlight: 0, waiting: 64, isBreakerOpen: true)
        return [authgear, broken]
    }

    private static func cache(_ name: String) -> StatusReport.CacheRow {
        var cache = StatusReport.CacheRow(cache: name, entries: 149_998, bytes: 117_440_512, evictions: 12_345)
        (cache.hitRate1m, cache.hitRate15m) = (0.9995, 0.93)
        return cache
    }

    /// 15 minutes with a gap in them, in which nothing was answered.
    private static var history: [StatusHistory.Interval] {
        var history = StatusHistory()
        for number in 0..<StatusHistory.limit {
            var sample = StatusSample(at: Int64(number) * 5_000_000_000)
            let busy = number < 60 ? number : max(60, number - 20)
            sample.outcomes = [busy * 500 + busy * busy, busy * 40, busy * 90, number > 150 ? (number - 150) * 25 : 0]
            sample.durations.record(nanoseconds: 40_000, times: busy * 900)
            sample.durations.record(nanoseconds: 2_000_000, times: busy * (5 + busy % 7))
            (sample.tokens.hits, sample.tokens.misses) = (busy * 400, busy * (20 + busy % 9))
            history.add(sample)
        }
        return history.intervals(at: Int64(StatusHistory.limit - 1) * 5_000_000_000)
    }
}
