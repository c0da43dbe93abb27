extension StatusReport {
    /// A server that is asked over HTTP.
    package struct ServerRow: Sendable {
        /// An issuer, or a URL without its query.
        package var server: String
        /// What it is asked for, in a word.
        package var purpose: String
        package var inFlight: Int
        package var waiting: Int
        /// Whether questions fail at once.
        package var isBreakerOpen: Bool
        /// How many questions came to what; those that never came are left out.
        package var results: [(result: String, count: Int)] = []

        package init(server: String, purpose: String, inFlight: Int, waiting: Int, isBreakerOpen: Bool) {
            (self.server, self.purpose, self.inFlight) = (server, purpose, inFlight)
            (self.waiting, self.isBreakerOpen) = (waiting, isBreakerOpen)
        }
    }

    /// Answers in memory.
    package struct CacheRow: Sendable {
        package var cache: String
        package var entries: Int
        package var bytes: Int
        package var evictions: Int
        package var hitRate1m: Double?
        package var hitRate15m: Double?

        package init(cache: String, entries: Int, bytes: Int, evictions: Int) {
            (self.cache, self.entries, self.bytes, self.evictions) = (cache, entries, bytes, evictions)
        }
    }

    /// How often an endpoint answered so.
    package struct AnswerRow: Sendable {
        package var endpoint: String
        package var outcome: String
        package var count: Int

        package init(endpoint: String, outcome: String, count: Int) {
            (self.endpoint, self.outcome, self.count) = (endpoint, outcome, count)
        }
    }

    /// How often an access policy let in, or refused for a reason.
    package struct PolicyRow: Sendable {
        package var policy: String
        /// `allowed` or `refused`.
        package var outcome: String
        /// As the metric has it.
        package var reason: String
        package var count: Int

        package init(policy: String, reason: String, count: Int) {
            (self.policy, self.reason, self.count) = (policy, reason, count)
            outcome = reason == "allowed" ? reason : "refused"
        }
    }

    /// How often a kind of credential was refused for a reason.
    package struct RefusalRow: Sendable {
        package var credential: String
        package var reason: String
        package var count: Int

        package init(credential: String, reason: String, count: Int) {
            (self.credential, self.reason, self.count) = (credential, reason, count)
        }
    }

    /// How often a credential could not be checked for a reason.
    package struct UnknownRow: Sendable {
        package var reason: String
        package var count: Int

        package init(reason: String, count: Int) {
            (self.reason, self.count) = (reason, count)
        }
    }

    /// Something that is bounded, and how much of it is used.
    package struct LimitRow: Sendable {
        /// A key of the configuration, or a word for what has none.
        package var limit: String
        package var used: Int
        package var most: Int
        package var unit: Unit

        package enum Unit: String, Sendable {
            case count, bytes
        }

        package init(_ limit: String, used: Int, of most: Int, in unit: Unit = .count) {
            (self.limit, self.used, self.most, self.unit) = (limit, used, most, unit)
        }

        /// Nil where nothing may be used.
        package var share: Double? { most > 0 ? Double(used) / Double(most) : nil }
    }
}
