import Authentication
import Bytes
import Logging

// The names stand in docs/reference.md, "The status".
extension StatusReport {
    /// `/status.json`: what the page shows, under the same names.
    package var json: JSONTree {
        .object([
            "version": .text(Version.program), "at": .text(at.rfc3339), "started_at": .text(startedAt.rfc3339),
            "uptime_seconds": .number(uptime / .seconds(1)), "generation": .integer(generation),
            "config_sha256": .text(digest), "state": .text(state.rawValue),
            "state_since": .text(stateSince.rfc3339), "problems": .list(problems.map { .text($0) }),
            "history": historyJSON, "workers": .list(workers.map(\.json)),
            "issuers": .list(worstIssuers.map(\.json)), "issuers_total": .integer(issuers.count),
            "store": store?.json ?? .null, "servers": .list(servers.map(\.json)),
            "caches": .list(caches.map(\.json)), "answers": .list(answers.map(\.json)),
            "policies": .list(policies.map(\.json)), "refusals": .list(refusals.map(\.json)),
            "unknowns": .list(unknowns.map(\.json)), "limits": .list(limits.map(\.json)),
            "warnings": .list(warnings.map(\.json)),
        ])
    }

    /// Each a list, the oldest interval first.
    private var historyJSON: JSONTree {
        func list(_ value: (StatusHistory.Interval) -> Double?) -> JSONTree {
            .list(history.map { .optional(value($0)) })
        }
        let outcomes = Outcome.allCases.enumerated().map { place, outcome in
            (name: "\(outcome)", value: list { $0.outcomes.indices.contains(place) ? $0.outcomes[place] : nil })
        }
        return .object([
            "age_seconds": list(\.age), "requests_per_second": list(\.requests),
            "outcomes_per_second": .dictionary(outcomes), "p50_seconds": list(\.p50),
            "p99_seconds": list(\.p99), "hit_rate": list(\.hitRate),
        ])
    }
}

extension StatusReport.WorkerRow {
    fileprivate var json: JSONTree {
        .object([
            "worker": .integer(number), "connections": .optional(connections),
            "requests_per_second": .optional(requestsPerSecond), "busy": .optional(busy),
            "waiting": .optional(waiting),
        ])
    }
}

extension StatusReport.IssuerRow {
    fileprivate var json: JSONTree {
        .object([
            "issuer": .text(issuer), "state": .text(state.rawValue), "keys": .integer(keys),
            "skipped_keys": .integer(skipped), "age_seconds": .optional(age),
            "next_fetch_seconds": .optional(nextFetch), "last_failure": .optional(failure),
            "source": .optional(source), "place": .text(place),
        ])
    }
}

extension StatusReport.StoreRow {
    fileprivate var json: JSONTree {
        .object([
            "form": .text(form), "address": .optional(address), "role": .optional(role),
            "connections": .optional(connections), "connected_since": .optional(connectedSince?.rfc3339),
            "last_proof_seconds": .optional(lastProof), "changes_per_second": .optional(changesPerSecond),
            "reconnections": .optional(reconnections), "revocation_bound_seconds": .optional(revocationBound),
            "sentinels": .list(sentinels.map(\.json)),
        ])
    }
}

extension StatusReport.StoreRow.Sentinel {
    fileprivate var json: JSONTree {
        .object(["address": .text(address), "state": .text(state), "problem": .optional(problem)])
    }
}

extension StatusReport.ServerRow {
    fileprivate var json: JSONTree {
        .object([
            "server": .text(server), "purpose": .text(purpose), "in_flight": .integer(inFlight),
            "waiting": .integer(waiting), "breaker_open": .flag(isBreakerOpen),
            "results": .dictionary(results.map { (name: $0.result, value: .integer($0.count)) }),
        ])
    }
}

extension StatusReport.CacheRow {
    fileprivate var json: JSONTree {
        .object([
            "cache": .text(cache), "entries": .integer(entries), "bytes": .integer(bytes),
            "evictions": .integer(evictions), "hit_rate_1m": .optional(hitRate1m),
            "hit_rate_15m": .optional(hitRate15m),
        ])
    }
}

extension StatusReport.AnswerRow {
    fileprivate var json: JSONTree {
        .object(["endpoint": .text(endpoint), "outcome": .text(outcome), "count": .integer(count)])
    }
}

extension StatusReport.PolicyRow {
    fileprivate var json: JSONTree {
        .object([
            "policy": .text(policy), "outcome": .text(outcome), "reason": .text(reason), "count": .integer(count),
        ])
    }
}

extension StatusReport.RefusalRow {
    fileprivate var json: JSONTree {
        .object(["credential": .text(credential), "reason": .text(reason), "count": .integer(count)])
    }
}

extension StatusReport.UnknownRow {
    fileprivate var json: JSONTree { .object(["reason": .text(reason), "count": .integer(count)]) }
}

extension StatusReport.LimitRow {
    fileprivate var json: JSONTree {
        .object([
            "limit": .text(limit), "used": .integer(used), "most": .integer(most), "unit": .text(unit.rawValue),
        ])
    }
}

extension RecentWarnings.Line {
    fileprivate var json: JSONTree {
        .object([
            "at": .text(at.rfc3339), "level": .text(level.rawValue), "message": .text(message),
            "fields": .dictionary(fields.map { (name: $0.name, value: .text($0.value)) }),
        ])
    }
}
