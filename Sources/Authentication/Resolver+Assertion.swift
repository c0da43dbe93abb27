import Bytes
import JOSE

// What answers assert to backends in tokens of our own (contract section 20).
extension Resolver {
    /// An answer with its assertion, which is signed when it was not yet, or too long ago.
    @inline(__always)
    mutating func asserted(_ answer: Answer, now: Moment) -> Answer {
        guard let assertion = answer.attachments?.assertion, assertion.isDue(at: now.timestamp) else { return answer }
        return signed(assertion, of: answer, now: now)
    }

    private mutating func signed(_ assertion: Assertion, of answer: Answer, now: Moment) -> Answer {
        // It costs what a verification costs: what a turn may do of both is bounded together.
        signatures += 1
        guard assertion.sign(at: now.timestamp, by: renderer) else {
            // Without it a backend would take the user for a stranger.
            tally.count(UnknownReason.assertionUnsigned)
            return standardAnswers.answer(for: .assertionUnsigned)
        }
        return answer
    }

    /// What an answer for an identity has beside its bytes; nil where nothing is asked for.
    func attachments(
        for identity: Identity, on terms: @autoclosure () -> CredentialTerms, boundTo binding: KeyBinding?
    ) -> AnswerAttachments? {
        guard !settings.accessPolicies.isEmpty || settings.assertion != nil || binding != nil else { return nil }
        var terms = terms()
        // It is given to nobody who has not proved it.
        terms.isBound = binding != nil
        return AnswerAttachments(
            judgements: settings.accessPolicies.isEmpty
                ? nil : PolicyJudgements(of: identity, on: terms, by: settings.accessPolicies),
            assertion: settings.assertion.map { Assertion(of: identity, on: terms, by: $0) }, boundTo: binding)
    }
}
