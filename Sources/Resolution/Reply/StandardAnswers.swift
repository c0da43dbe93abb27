/// The answers that are the same for everybody, made once.
struct StandardAnswers: Sendable {
    private let none: Answer
    private let invalid: Answer
    private let strangerTurnedAway: Answer
    private let invalidTurnedAway: Answer
    private let invalidTokenTurnedAway: Answer
    /// One per `UnknownReason`, in its order.
    private let unknown: [Answer]

    init() {
        none = Self.answer(.none, "200 OK") { _ in }
        invalid = Self.answer(.invalid, "200 OK") { Self.addInvalid(to: &$0) }
        strangerTurnedAway = Self.answer(.none, "401 Unauthorized") { $0.add("WWW-Authenticate", "Bearer") }
        invalidTurnedAway = Self.answer(.invalid, "401 Unauthorized") { head in
            head.add("WWW-Authenticate", "Bearer")
            Self.addInvalid(to: &head)
        }
        invalidTokenTurnedAway = Self.answer(.invalid, "401 Unauthorized") { head in
            head.add("WWW-Authenticate", "Bearer error=\"invalid_token\"")
            Self.addInvalid(to: &head)
        }
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
        return switch (endpoint, findings.presented) {
        case (.resolve, false): none
        case (.resolve, true): invalid
        case (.require, false): strangerTurnedAway
        case (.require, true): findings.bearerPresented ? invalidTokenTurnedAway : invalidTurnedAway
        }
    }

    /// The answer when nothing is waited for any more, whatever was found out so far.
    func answer(for reason: UnknownReason) -> Answer { unknown[Int(reason.rawValue)] }

    private static func addInvalid(to head: inout HeadWriter) {
        head.add("x-authgear-session-valid", "false")
    }

    private static func answer(
        _ outcome: Outcome, _ status: StaticString, fields: (inout HeadWriter) -> Void
    ) -> Answer {
        var head = HeadWriter(status: status)
        fields(&head)
        return Answer(outcome: outcome, head: head.bytes)
    }
}
