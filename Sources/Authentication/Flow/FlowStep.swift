import Bytes

/// How far the decision on one credential has come.
enum FlowStep {
    /// It goes on with the reply to the effect.
    ///
    /// - Parameter prefetch: what it is likely to ask for next: who reads it now spares a wait.
    case need(Effect, prefetch: [RecordQuery] = [])
    /// The credential is good. What it rests on says for how long the answer is (`SessionChain.evidence`).
    case authenticated(Principal)
    case rejected(RecordRefusal)
    case indeterminate(UnknownReason)
    /// The credential is good, and the user's id can't be stated.
    case unanswerable(AnswerFault)
}
