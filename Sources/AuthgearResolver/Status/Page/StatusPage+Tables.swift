import Bytes
import Logging

extension StatusPage {
    func writeTables(to page: inout HTML) {
        for table in [workers, issuers] { table.write(to: &page) }
        writeIssuersLeft(to: &page)
        if let store = report.store {
            table(of: store).write(to: &page)
            if !store.sentinels.isEmpty { table(of: store.sentinels).write(to: &page) }
        }
        servers.write(to: &page)
        for table in [caches, limits, policies] { table.write(to: &page) }
        page.markup("<div class=\"tables\">\n")
        for table in [answers, refusals, unknowns] {
            page.markup("<div>")
            table.write(to: &page)
            page.markup("</div>")
        }
        page.markup("</div>\n")
        warnings.write(to: &page)
    }

    private var workers: StatusTable {
        StatusTable(
            caption: "Workers",
            columns: [
                .text("worker"), .number("connections"), .number("requests/s"), .number("busy"), .number("waiting"),
            ],
            rows: report.workers.map { row in
                [
                    .text("\(row.number)"), .optional(row.connections.map(Readable.count)),
                    .optional(row.requestsPerSecond.map(Readable.rate)),
                    .optional(row.busy.map(Readable.percent)),
                    .optional(row.waiting.map(Readable.count)),
                ]
            })
    }

    private var issuers: StatusTable {
        StatusTable(
            caption: "Issuers",
            columns: [
                .text("issuer"), .text("state"), .number("keys"), .number("confirmed"), .number("next fetch"),
                .text("source"), .text("last failure"),
            ],
            rows: report.worstIssuers.map(cells))
    }

    private func cells(of issuer: StatusReport.IssuerRow) -> [StatusTable.Cell] {
        let skipped = issuer.skipped > 0 ? ", \(Readable.count(issuer.skipped)) skipped" : ""
        let source = [issuer.source, issuer.place].compactMap(\.self).joined(separator: ": ")
        return [
            .text(issuer.issuer), .word(issuer.state.words, issuer.state.tone),
            .text(Readable.count(issuer.keys) + skipped),
            .text(issuer.age.map { "\(Readable.span($0)) ago" } ?? "never"),
            .optional(issuer.nextFetch.map { "in \(Readable.span($0))" }), .text(source), .optional(issuer.failure),
        ]
    }

    private func writeIssuersLeft(to page: inout HTML) {
        let left = report.issuers.count - report.worstIssuers.count
        guard left > 0 else { return }
        let good = report.issuers.count { $0.state == .good }
        page.element(
            "<p class=\"none\">",
            "The worst \(report.worstIssuers.count) of \(Readable.count(report.issuers.count)) issuers; "
                + "\(Readable.count(left)) more are not shown, \(Readable.count(good)) of all are good.", "</p>\n")
    }

    private func table(of store: StatusReport.StoreRow) -> StatusTable {
        StatusTable(
            caption: "Session store",
            columns: [
                .text("form"), .text("address"), .text("role"), .number("connections"), .text("connected since"),
                .number("last proof"), .number("changes/s"), .number("reconnections"), .number("revocation bound"),
            ],
            rows: [
                [
                    .text(store.form), .optional(store.address), .optional(store.role),
                    .optional(store.connections.map(Readable.count)), .optional(store.connectedSince?.rfc3339),
                    .optional(store.lastProof.map { Readable.time(seconds: $0 / .seconds(1)) + " ago" }),
                    .optional(store.changesPerSecond.map(Readable.rate)),
                    .optional(store.reconnections.map(Readable.count)),
                    .optional(store.revocationBound.map { Readable.time(seconds: $0 / .seconds(1)) }),
                ]
            ])
    }

    private func table(of sentinels: [StatusReport.StoreRow.Sentinel]) -> StatusTable {
        StatusTable(
            caption: "Sentinels", columns: [.text("Sentinel"), .text("says"), .text("problem")],
            rows: sentinels.map { row in
                let isGood = row.state == "agrees"
                return [.text(row.address), .word(row.state, isGood ? .good : .warning), .optional(row.problem)]
            })
    }

    private var servers: StatusTable {
        StatusTable(
            caption: "Authgear and other servers asked",
            columns: [
                .text("server"), .text("for"), .number("in flight"), .number("waiting"), .text("breaker"),
                .text("results"),
            ],
            rows: report.servers.map { row in
                let results = row.results.map { "\($0.result) \(Readable.count($0.count))" }
                return [
                    .text(row.server), .text(row.purpose), .text(Readable.count(row.inFlight)),
                    .text(Readable.count(row.waiting)),
                    row.isBreakerOpen ? .word("open", .bad) : .word("closed", .good),
                    results.isEmpty ? .nothing : .text(results.joined(separator: ", ")),
                ]
            })
    }
}

// What is counted.
extension StatusPage {
    private var caches: StatusTable {
        StatusTable(
            caption: "Caches",
            columns: [
                .text("cache"), .number("entries"), .number("memory"), .number("hits, 1 min"),
                .number("hits, 15 min"), .number("evictions"),
            ],
            rows: report.caches.map { row in
                [
                    .text(row.cache), .text(Readable.count(row.entries)), .text(Readable.bytes(row.bytes)),
                    .optional(row.hitRate1m.map(Readable.percent)), .optional(row.hitRate15m.map(Readable.percent)),
                    .text(Readable.count(row.evictions)),
                ]
            })
    }

    private var limits: StatusTable {
        StatusTable(
            caption: "Limits", columns: [.text("limit"), .number("used"), .number("of"), .text("share")],
            rows: report.limits.map { row in
                let words = row.unit == .bytes ? Readable.bytes : Readable.count
                return [
                    .text(row.limit), .text(words(row.used)), .text(words(row.most)),
                    row.share.map { .share(Readable.percent($0), $0) } ?? .nothing,
                ]
            })
    }

    private var answers: StatusTable {
        StatusTable(
            caption: "Answers", columns: [.text("endpoint"), .text("outcome"), .number("requests")],
            rows: report.answers.map { [.text($0.endpoint), .text($0.outcome), .text(Readable.count($0.count))] })
    }

    private var policies: StatusTable {
        StatusTable(
            caption: "Access policies",
            columns: [.text("policy"), .text("outcome"), .text("reason"), .number("credentials")],
            rows: report.policies.map { row in
                let reason = row.reason == row.outcome ? nil : row.reason
                return [.text(row.policy), .text(row.outcome), .optional(reason), .text(Readable.count(row.count))]
            })
    }

    private var refusals: StatusTable {
        StatusTable(
            caption: "Refusals", columns: [.text("credential"), .text("reason"), .number("count")],
            rows: report.refusals.map { [.text($0.credential), .text($0.reason), .text(Readable.count($0.count))] })
    }

    private var unknowns: StatusTable {
        StatusTable(
            caption: "Could not be checked", columns: [.text("reason"), .number("count")],
            rows: report.unknowns.map { [.text($0.reason), .text(Readable.count($0.count))] })
    }

    private var warnings: StatusTable {
        StatusTable(
            caption: "Last warnings", columns: [.text("at"), .text("level"), .text("message"), .text("details")],
            rows: report.warnings.map { line in
                let details = line.fields.map { "\($0.name): \($0.value)" }
                return [
                    .text(line.at.rfc3339), .word(line.level.rawValue, line.level >= .error ? .bad : .warning),
                    .text(line.message), .text(details.joined(separator: "; ")),
                ]
            })
    }
}

extension StatusReport.IssuerRow.State {
    var words: String {
        switch self {
        case .stale: "keys too old"
        case .waiting: "no keys yet"
        case .failing: "last fetch failed"
        case .good: "good"
        }
    }

    var tone: StatusTable.Tone {
        switch self {
        case .stale, .waiting: .bad
        case .failing: .warning
        case .good: .good
        }
    }
}
