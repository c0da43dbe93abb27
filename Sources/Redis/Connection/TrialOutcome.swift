package import Authentication

/// What came of asking for one record of a trial.
package struct TrialOutcome: Sendable {
    package let trial: Int
    package let kind: RecordQuery.Kind
    /// Why such records can't be had, in words of ours; nil when they can.
    package let refusal: String?

    init(_ reply: RedisReply, trial: Int, kind: RecordQuery.Kind) {
        self.trial = trial
        self.kind = kind
        refusal =
            switch reply.head {
            case .bulk, .null, .oversized: nil
            case .error: (reply.error ?? .other).words
            case .status, .integer, .array: "it answered otherwise than redis does; is it one?"
            }
    }
}
