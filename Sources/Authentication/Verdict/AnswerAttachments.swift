import JOSE

/// What an answer has beside its bytes, where the configuration asks for it.
///
/// An object, so that an answer carries one word of it, which is nil where there is nothing.
final class AnswerAttachments {
    /// What each access policy says of the credential; nil where there are none.
    let judgements: PolicyJudgements?
    /// Nil where none is configured.
    let assertion: Assertion?
    /// What the sender of its credential has to prove at each request before it is given; nil: nothing.
    let binding: KeyBinding?

    init(judgements: PolicyJudgements?, assertion: Assertion? = nil, boundTo binding: KeyBinding? = nil) {
        self.judgements = judgements
        self.assertion = assertion
        self.binding = binding
    }

    /// How many bytes it adds to the answer.
    var lineLength: Int {
        (judgements == nil ? 0 : PolicyJudgements.reservedLength) + (assertion?.lineLength ?? 0)
    }

    /// The memory that it takes: the object, and what that holds.
    var memory: Int { 48 + (judgements?.memory ?? 0) + (assertion?.memory ?? 0) + (binding == nil ? 0 : 96) }
}
