/// The answers that are the same for everybody, made once.
struct StandardAnswers: Sendable {
    private let none: Answer
    private let strangerTurnedAway: Answer
    private let invalid: InvalidAnswers
    /// Where a `session` cookie was among what was presented.
    private let invalidSession: InvalidAnswers
    private let compatibility: Compatibility
    /// One per `UnknownReason`, in its order.
    private let unknown: [Answer]

    private struct InvalidAnswers {
        let told: Answer
        let turnedAway: Answer
        /// Where a bearer token was among what was presented.
        let tokenTurnedAway: Answer

        /// - Parameter clearing: the value of a `Set-Cookie` field.
        init(clearing: String?) {
            func answer(_ status: StaticString, _ challenge: StaticString?) -> Answer {
                StandardAnswers.answer(.invalid, status) { head in
                    if let challenge { head.add("WWW-Authenticate", challenge) }
                    head.add("x-authgear-session-valid", "false" as StaticString)
                    if let clearing { head.add("Set-Cookie", clearing) }
                }
            }
            told = answer("200 OK", nil)
            turnedAway = answer("401 Unauthorized", "Bearer")
            tokenTurnedAway = answer("401 Unauthorized", "Bearer error=\"invalid_token\"")
        }
    }

    /// - Parameter clearing: the value of the `Set-Cookie` field that clears a `session` cookie; nil: none does.
    init(_ compatibility: Compatibility, clearing: String?) {
        self.compatibility = compatibility
        none = Self.answer(.none, "200 OK") { _ in }
        strangerTurnedAway = Self.answer(.none, "401 Unauthorized") { $0.add("WWW-Authenticate", "Bearer") }
        invalid = InvalidAnswers(clearing: nil)
        invalidSession = InvalidAnswers(clearing: clearing)
        unknown = UnknownReason.allCases.map { reason in
            Self.answer(.unknown, "503 Service Unavailable") { head in
                head.add("x-authgear-resolver-error", reason.text)
                head.add("Retry-After", "1")
            }
        }
    }

    /// The answer to a request with no valid credential (contract sections 2 and 3).
    func answer(to endpoint: Endpoint, _ findings: Findings) -> Answer {
        if let reason = findings.unknown { return answer(for: reason) }
        let isInvalid = compatibility == .authgear ? findings.sessionPresented : findings.presented
        guard isInvalid else { return endpoint == .resolve ? none : strangerTurnedAway }
        let answers = findings.sessionPresented ? invalidSession : invalid
        switch endpoint {
        case .resolve: return answers.told
        case .require: return findings.bearerPresented ? answers.tokenTurnedAway : answers.turnedAway
        }
    }

    /// The answer when nothing is waited for any more, whatever was found out so far.
    func answer(for reason: UnknownReason) -> Answer { unknown[Int(reason.rawValue)] }

    fileprivate static func answer(
        _ outcome: Outcome, _ status: StaticString, fields: (inout HeadWriter) -> Void
    ) -> Answer {
        var head = HeadWriter(status: status)
        fields(&head)
        return Answer(outcome: outcome, head: head.bytes)
    }
}
