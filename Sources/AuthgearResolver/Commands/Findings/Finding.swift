import EventLoop
package import JOSE
package import KeySets
import Trust
import Worker

/// What came of trying one thing that a configuration names.
package struct Finding: Hashable, Sendable {
    package var isSound: Bool
    /// Whether it is no fault, but something that the operator should know.
    package var isHint = false
    /// What was tried, such as `store redis 127.0.0.1:6379`.
    package var subject: String
    /// What came of it, in words.
    package var result: String

    package init(_ subject: String, isSound: Bool, result: String) {
        self.subject = subject
        self.isSound = isSound
        self.result = result
    }

    /// Something that is no fault.
    package static func hint(on subject: String, _ text: String) -> Finding {
        var finding = Finding(subject, isSound: true, result: text)
        finding.isHint = true
        return finding
    }

    /// One line: `ok     store redis 127.0.0.1:6379: reachable`.
    package var line: String {
        "\(isHint ? "hint  " : isSound ? "ok    " : "failed") \(subject): \(result)"
    }
}

extension Finding {
    /// What a fetch of an issuer's keys brought. A set of which no key fits an allowed algorithm is no help.
    package init(_ issuer: Configuration.Issuer, keys fetched: Result<KeySet, FetchFailure>) {
        let subject = "issuer \(issuer.identifier)"
        switch fetched {
        case .failure(let failure):
            self.init(subject, isSound: false, result: "no keys from \(issuer.source.place): \(failure)")
        case .success(let set):
            let fitting = set.keys.count { key in issuer.algorithms.contains(where: key.fits) }
            let result =
                "\(Self.count(set.keys.count, of: "key")) from \(issuer.source.place)\(Self.skipped(set.skipped))"
            let algorithms = issuer.algorithms.map { "\($0.name)" }.joined(separator: ", ")
            let remedy = fitting == 0 ? "; none of them is for \(algorithms), which is all that algorithms allows" : ""
            self.init(subject, isSound: fitting > 0, result: result + remedy)
        }
    }

    private static func skipped(_ refusals: [KeyRefusal]) -> String {
        guard !refusals.isEmpty else { return "" }
        let reasons = Set(refusals).map { "\($0.reason)" }.sorted().joined(separator: ", ")
        return "; \(refusals.count) more can't be used (\(reasons))"
    }

    static func count(_ number: Int, of noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}

extension Finding {
    /// What to know of the addresses that are listened on; nothing, when only this host reaches them.
    package static func hints(on configuration: Configuration) -> [Finding] {
        configuration.openPlaces.filter(\.isEverywhere).map { address in
            .hint(
                on: "listen \(address)",
                "every host that reaches this one can ask; bind the address that the gateway asks (127.0.0.1 beside it), or let a firewall admit the gateway alone"
            )
        }
            + [configuration.admin.listen].filter(\.isEverywhere).map { address in
                .hint(
                    on: "admin.listen \(address)",
                    "every host that reaches this one can read the metrics; bind 127.0.0.1, or let a firewall admit the monitoring alone"
                )
            }
    }
}

extension Configuration {
    /// Where a gateway asks without showing who it is.
    fileprivate var openPlaces: [ListenAddress] {
        listen + (tls.server?.clientAnchors == nil ? secured : []) + calls.map(\.address)
    }
}

extension ListenAddress {
    /// Whether it is all of the host's addresses.
    fileprivate var isEverywhere: Bool {
        if case .tcp(let host, _) = self { ["0.0.0.0", "::"].contains(host) } else { false }
    }
}

extension Finding {
    /// How often a primary speaks to its replicas when nothing changes (Redis' `repl-ping-replica-period`), and a second
    /// more, because a replica counts whole ones.
    private static let leastReplicaLag = Duration.seconds(11)

    /// What to know of replicas that are read: that healthy ones are refused by a bound below what they can keep.
    package static func hints(onReplicasOf configuration: Configuration) -> [Finding] {
        guard case .redis(let redis) = configuration.sessions.store, case .any = redis.role,
            redis.maxReplicaLag < leastReplicaLag
        else { return [] }
        return [
            .hint(
                on: "sessions.redis.max_replica_lag \(redis.maxReplicaLag.text)",
                "healthy replicas are refused: when nothing changes they hear from their primary every 10s; raise it to "
                    + "\(leastReplicaLag.text) or more, or lower repl-ping-replica-period at the primary"
            )
        ]
    }
}
