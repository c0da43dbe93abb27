package import Bytes

/// What the status page shows, as one value: what a person looks at first when something is wrong (contract section 1).
///
/// It names issuers, servers and addresses, which are the configuration's, and counts. Nothing of a user, a token or a key is in it.
package struct StatusReport: Sendable {
    /// So many issuers have a row.
    package static let issuerRows = 50

    package var at: Timestamp
    package var startedAt: Timestamp
    package var state: Readiness.State
    /// Since when it is in that state, as far as anybody looked.
    package var stateSince: Timestamp
    /// What is missing, a line each.
    package var problems: [String] = []
    package var generation = 1
    /// Of the configuration file; empty where there is none.
    package var digest = ""
    /// The oldest first.
    package var history: [StatusHistory.Interval] = []
    package var workers: [WorkerRow] = []
    /// All of them.
    package var issuers: [IssuerRow] = []
    package var store: StoreRow?
    package var servers: [ServerRow] = []
    package var caches: [CacheRow] = []
    package var answers: [AnswerRow] = []
    package var policies: [PolicyRow] = []
    package var refusals: [RefusalRow] = []
    package var unknowns: [UnknownRow] = []
    package var limits: [LimitRow] = []
    /// The latest first.
    package var warnings: [RecentWarnings.Line] = []

    package init(at moment: Timestamp, startedAt: Timestamp, state: Readiness.State, since: Timestamp) {
        (at, self.startedAt, self.state, stateSince) = (moment, startedAt, state, since)
    }

    package var uptime: Duration { .microseconds(max(0, at.microseconds - startedAt.microseconds)) }

    /// The worst first, and not too many of them.
    package var worstIssuers: [IssuerRow] {
        Array(issuers.enumerated().sorted { Self.isWorse($0, than: $1) }.map(\.element).prefix(Self.issuerRows))
    }

    /// Those of one state in the order of the configuration.
    private static func isWorse(
        _ one: (offset: Int, element: IssuerRow), than other: (offset: Int, element: IssuerRow)
    ) -> Bool {
        (one.element.state.rank, one.offset) < (other.element.state.rank, other.offset)
    }
}

extension StatusReport {
    /// One worker thread.
    package struct WorkerRow: Sendable {
        package var number: Int
        package var connections: Int?
        package var requestsPerSecond: Double?
        /// The share of the time in which it ran.
        package var busy: Double?
        /// Requests that wait for a record, a key or a server.
        package var waiting: Int?

        package init(number: Int) { self.number = number }
    }

    /// Whom tokens are taken from.
    package struct IssuerRow: Sendable {
        package enum State: String, CaseIterable, Sendable {
            /// Its keys are too old to be used.
            case stale
            /// None have come yet.
            case waiting
            /// They can be used, and the last fetch failed.
            case failing
            case good

            /// The worst has the least.
            var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        }

        package var issuer: String
        package var state: State
        package var keys: Int
        package var skipped = 0
        /// Since the keys were last confirmed; nil where they never were.
        package var age: Duration?
        /// Until keys are fetched without anybody asking.
        package var nextFetch: Duration?
        /// Why the last fetch failed, in words; nil after one that did not.
        package var failure: String?
        /// `fetch` or `snapshot`; nil while there are none.
        package var source: String?
        /// The URL or path that they come from.
        package var place: String

        package init(issuer: String, state: State, keys: Int, place: String) {
            (self.issuer, self.state, self.keys, self.place) = (issuer, state, keys, place)
        }
    }

    /// Where sessions are looked up.
    package struct StoreRow: Sendable {
        package struct Sentinel: Sendable {
            package var address: String
            /// What it says of the primary, in a word.
            package var state: String
            package var problem: String?

            package init(address: String, state: String, problem: String? = nil) {
                (self.address, self.state, self.problem) = (address, state, problem)
            }
        }

        /// `redis`, `memory`, `authgear` or `none`.
        package var form: String
        package var address: String?
        /// What the server says that it is, in a word.
        package var role: String?
        package var connections: Int?
        /// Since when the connection stands that was lost last.
        package var connectedSince: Timestamp?
        package var lastProof: Duration?
        package var changesPerSecond: Double?
        package var reconnections: Int?
        /// How long after a session ended it may still be answered as valid, at most.
        package var revocationBound: Duration?
        package var sentinels: [Sentinel] = []

        package init(form: String) { self.form = form }
    }
}
