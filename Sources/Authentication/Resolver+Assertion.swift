import Bytes
import JOSE

// What answers assert to backends in tokens of our own (contract section 20).
extension Resolver {
    /// Has an answer's assertion signed when it was not yet, or too long ago.
    @inline(__always)
    mutating func renewAssertion(of answer: inout Answer, now: Moment) {
        guard let assertion = answer.attachments?.assertion, assertion.isDue(at: now.timestamp) else { return }
        sign(assertion, of: &answer, now: now)
    }

    private mutating func sign(_ assertion: Assertion, of answer: inout Answer, now: Moment) {
        // It costs what a verification costs: what a turn may do of both is bounded together.
        signatures += 1
        if !assertion.sign(at: now.timestamp, by: renderer) {
            // Without it a backend would take the user for a stranger.
            tally.count(UnknownReason.assertionUnsigned)
            answer = standardAnswers.answer(for: .assertionUnsigned)
        }
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
