/// What is known of a service by its Sentinels, at the end of a round of questions.
package struct PrimaryView: Hashable, Sendable {
    package enum Choice: Hashable, Sendable {
        /// A majority of the known Sentinels gives it.
        case majority(NodeAddress)
        /// None has a majority. A server of these that says that it is the primary may be read, in this order, but nothing of it kept.
        case minority([NodeAddress])
        /// No Sentinel answered.
        case unreachable
        /// None that answered knows the name.
        case unknownName
    }

    /// What a Sentinel says.
    package enum Voice: String, CaseIterable, Sendable {
        /// It gives the primary that counts.
        case agrees
        /// It gives another one, or none has a majority.
        case differs
        /// It does not know the service.
        case unknownName = "unknown_name"
        /// It does not answer.
        case silent
    }

    package struct Row: Hashable, Sendable {
        package let place: NodeAddress
        package let voice: Voice
        /// Why it does not answer.
        package let problem: String?
    }

    package let service: String
    package let choice: Choice
    /// Whether a Sentinel names another primary than the majority, by a later failover.
    package let isContested: Bool
    /// Each Sentinel, by one place at which it is asked.
    package let rows: [Row]
    /// How many there are, as far as is known.
    package let known: Int

    /// Why records can't be kept in memory; nil when a majority names the primary, and nobody another one by a later failover.
    package var problem: String? {
        switch choice {
        case .majority where isContested:
            "a Sentinel of \(service) names another primary than the majority, by a later failover: sessions are read anew meanwhile"
        case .majority: nil
        case .minority where rows.allSatisfy { $0.voice == .silent }:
            "none of the Sentinels of \(service) can be reached: sessions are read anew, from the server that they named last\(reasons)"
        case .minority:
            "no majority of the \(known) Sentinels of \(service) names one primary: sessions are read anew, from a server that says it is one"
        case .unreachable: "none of the Sentinels of \(service) can be reached\(reasons)"
        case .unknownName: "none of the Sentinels knows \(service): compare the URL with sentinel monitor there"
        }
    }

    /// `: 10.0.0.1:26379: connection refused; …`, of the first few.
    private var reasons: String {
        let reasons = rows.prefix(3).compactMap { row in row.problem.map { "\(row.place): \($0)" } }
        return reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; ")
    }
}
