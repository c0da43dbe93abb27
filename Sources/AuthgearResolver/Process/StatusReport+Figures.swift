import Authentication
import KeySets
import Questions
import Redis
import Telemetry
import Worker

// Rows of the status page from what the parts tell.

extension StatusReport {
    /// Puts the counts of all workers together into rows.
    mutating func count(_ figures: ListenerFigures, _ tally: Tally) {
        for endpoint in Endpoint.allCases {
            for outcome in Outcome.allCases {
                let count = figures.answers(at: endpoint, outcome: outcome)
                answers.append(AnswerRow(endpoint: "\(endpoint)", outcome: "\(outcome)", count: count))
            }
        }
        tally.forEachPolicy { policy, reason, count in
            if count > 0 { policies.append(PolicyRow(policy: policy, reason: "\(reason)", count: count)) }
        }
        tally.forEachRefusal { credential, reason, count in
            guard count > 0 else { return }
            refusals.append(RefusalRow(credential: "\(credential)", reason: "\(reason)", count: count))
        }
        for (reason, count) in zip(UnknownReason.allCases, tally.unknowns) where count > 0 {
            unknowns.append(UnknownRow(reason: "\(reason.text)", count: count))
        }
    }
}

extension StatusReport.ServerRow {
    init(_ server: String, for purpose: String, figures: QuestionFigures) {
        self.init(
            server: server, purpose: purpose, inFlight: figures.sent, waiting: figures.waiting,
            isBreakerOpen: figures.isBreakerOpen)
    }
}

extension [(result: String, count: Int)] {
    /// Counts; what never came is left out.
    mutating func add(_ count: Int, to result: String) {
        guard count > 0 else { return }
        if let place = firstIndex(where: { $0.result == result }) {
            self[place].count += count
        } else {
            append((result: result, count: count))
        }
    }
}

extension [StatusReport.LimitRow] {
    /// Adds a row; of several of one limit the fullest stays.
    fileprivate mutating func add(_ row: StatusReport.LimitRow) {
        guard let place = firstIndex(where: { $0.limit == row.limit }) else { return append(row) }
        if row.share ?? 0 > self[place].share ?? 0 { self[place] = row }
    }
}

extension IssuerStatus {
    /// - Parameter now: the steady clock, in nanoseconds.
    func row(at now: Int64) -> StatusReport.IssuerRow {
        let state: StatusReport.IssuerRow.State =
            switch (problem, age) {
            case (nil, _): failure == nil ? .good : .failing
            case (_?, nil): .waiting
            case (_?, _?): .stale
            }
        var row = StatusReport.IssuerRow(issuer: issuer, state: state, keys: keys, place: place)
        (row.skipped, row.age, row.failure, row.source) = (skipped, age, failure, origin?.rawValue)
        row.nextFetch = nextFetch.map { .nanoseconds(max(0, $0 - now)) }
        return row
    }
}

extension ConfigurationSnapshot {
    /// The issuers whose tokens are asked about and not verified.
    ///
    /// - Parameter problems: of the servers that don't answer.
    func rowsWithoutKeys(problems: [AskedServer: String]) -> [StatusReport.IssuerRow] {
        zip(configuration.issuers, issuerIDs).filter { !$0.0.hasKeys }.map { issuer, id in
            let problem = problems[AskedServer(.introspection, of: id)]
            var row = StatusReport.IssuerRow(
                issuer: issuer.identifier, state: problem == nil ? .good : .failing, keys: 0,
                place: issuer.introspection?.endpoint?.place ?? issuer.identifier)
            (row.failure, row.source) = (problem, "introspection")
            return row
        }
    }

    /// How much is used of what bounds the questions to these servers: for each kind, of the fullest.
    func limitRows(of figures: [AskedServer: QuestionFigures]) -> [StatusReport.LimitRow] {
        let ofIssuers = zip(configuration.issuers, issuerIDs).flatMap { issuer, id in
            [
                ("introspection", AskedServer(.introspection, of: id), issuer.introspection?.limits),
                ("userinfo", AskedServer(.userinfo, of: id), issuer.userinfo?.limits),
            ]
        }
        let ofCookies = configuration.cookiesWithIDs(issuerIDs).map { cookie, id in
            ("cookies", AskedServer(.cookie, of: id), Optional(cookie.limits))
        }
        var rows: [StatusReport.LimitRow] = []
        for (kind, server, limits) in ofIssuers + ofCookies {
            guard let limits, let figures = figures[server] else { continue }
            rows.add(.init("\(kind).connections", used: figures.sent, of: limits.connections))
            rows.add(.init("\(kind).waiting", used: figures.waiting, of: limits.waiting))
        }
        return rows
    }

    /// Who is asked over HTTP beside Authgear, by the names that their counts have.
    var askedServers: [(AskedServer, name: String)] {
        let ofIssuers = zip(configuration.issuers, issuerIDs).flatMap { issuer, id in
            [AskedServer.Purpose.introspection, .userinfo].map { (AskedServer($0, of: id), name: issuer.identifier) }
        }
        return ofIssuers
            + configuration.cookiesWithIDs(issuerIDs).map { (AskedServer(.cookie, of: $1), name: $0.place) }
    }
}

extension Configuration.Store {
    /// Of Redis the form of its URL, else the kind.
    package var form: String {
        guard case .redis(let redis) = self else { return kind.rawValue }
        return switch redis.address.endpoint {
        case .tcp: "redis"
        case .tls: "rediss"
        case .unix: "unix"
        case .sentinels(let group): group.isSecured ? "rediss-sentinel" : "redis-sentinel"
        }
    }

    /// Where it is, without user and password; nil where that is nowhere, or Authgear's.
    var place: String? {
        switch self {
        case .none, .authgear: nil
        case .redis(let redis): "\(redis.address)"
        case .memory(let memory): memory.file
        }
    }
}
