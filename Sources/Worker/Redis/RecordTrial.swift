import Authentication
import Redis

/// Records that are asked for on a connection to see whether they can be read; of made-up ids, so that none should be there.
///
/// That a server answers a `PING` proves little: a Sentinel, a node of a cluster without the key's slot, or a user without
/// the rights does, too.
struct RecordTrial {
    /// Tells answers to this trial from late ones to another.
    let number: Int
    /// Of the records that are asked for, in order.
    let kinds: [RecordQuery.Kind]
    /// How many answers must still come.
    private var missing: Int
    let address: RedisAddress
    /// When it is given up, on the steady clock, in nanoseconds.
    let deadline: Int64
    /// Who wants to know.
    var replies: [@Sendable (StoreStatus) -> Void]

    init(
        number: Int, kinds: [RecordQuery.Kind], address: RedisAddress, deadline: Int64,
        replies: [@Sendable (StoreStatus) -> Void]
    ) {
        self.number = number
        self.kinds = kinds
        missing = kinds.count
        self.address = address
        self.deadline = deadline
        self.replies = replies
    }

    var lateReason: String { "redis at \(address) did not answer GET in time: is it overloaded?" }

    /// Takes an answer.
    ///
    /// - Returns: what came of the trial, when that is known by it.
    mutating func note(_ outcome: TrialOutcome) -> StoreStatus? {
        guard outcome.trial == number, missing > 0 else { return nil }
        missing -= 1
        if let refusal = outcome.refusal {
            return .unreachable(
                reason: "redis at \(address) refused GET for \(kinds[outcome.question].words) record: \(refusal)")
        }
        return missing == 0 ? .reachable : nil
    }
}

extension RecordQuery.Kind {
    /// Whose record it is.
    fileprivate var words: StaticString {
        switch self {
        case .session: "a session's"
        case .user: "a user's"
        case .accessGrant: "an access grant's"
        case .offlineGrant: "an offline grant's"
        case .appSession: "an app session's"
        }
    }
}

/// Whether a store can be asked at this moment.
package enum StoreStatus: Hashable, Sendable {
    case reachable
    /// Why not, in a sentence for a person.
    case unreachable(reason: String)
}
