/// What came of one look-up of a key's value.
package struct LookUpReply: Sendable {
    package enum Result: Sendable {
        /// The value came, and was handed over. With the moment when the key ends, on the steady clock, in nanoseconds, as far as it
        /// was asked for and is known.
        case value(endsAt: Int64?)
        /// There is no such key.
        case missing
        /// The value is longer than is kept.
        case oversized
        /// The server answered with this error, or with what is no string.
        case refused(RedisErrorCode?)
        case failed(LookUpFailure)
    }

    /// Which look-up it is.
    package let number: Int
    package let result: Result
    /// From sending the command to its reply, in nanoseconds; nil when the server has not replied.
    package let duration: Int64?
}

/// What came of asking for one key of a trial.
package struct TrialOutcome: Sendable {
    package let trial: Int
    /// Which of the trial's keys, from 0.
    package let question: Int
    /// Why such keys can't be read, in words of ours; nil when they can.
    package let refusal: String?

    init(_ reply: RedisReply, trial: Int, question: Int) {
        self.trial = trial
        self.question = question
        refusal =
            switch reply.head {
            case .bulk, .null, .oversized: nil
            case .error: (reply.error ?? .other).words
            case .status, .integer, .array: "it answered otherwise than redis does; is it one?"
            }
    }
}
