import Authentication
import JOSE

/// What the decision on one credential came to: the answer, and what the resolver noted beside it.
struct InspectedOutcome {
    private let answer: Answer
    /// Why it is refused; nil when it isn't.
    private let refusal: RefusalNote?
    /// Why it could not be checked; nil when it could.
    private let unknown: UnknownReason?
    /// What is too long; nil when nothing is.
    private let longAnswer: LongAnswer?
    private let backgroundQuestions: [BackgroundQuestion]

    init(_ answer: Answer, of resolver: inout Resolver) {
        self.answer = answer
        refusal = resolver.tally.takeNotes()?.first
        unknown = resolver.tally.unknowns.firstIndex { $0 > 0 }.flatMap { UnknownReason(rawValue: UInt8($0)) }
        longAnswer = resolver.takeLongAnswers()?.last
        backgroundQuestions = resolver.takeBackgroundQuestions()
    }

    var isValid: Bool { answer.outcome == .valid }
    /// Whether it is no credential.
    var isNone: Bool { answer.outcome == .none && refusal == nil }
    var isTooLong: Bool { refusal.map { "\($0.reason)" } == "\(TokenRefusal.tooLong.reason)" }

    /// `valid`, `invalid <reason>` or `unknown <reason>`.
    var verdict: String {
        if isValid { return "valid" }
        if let unknown { return "unknown \(unknown.text)" }
        return refusal.map { "invalid \($0.reason)" } ?? "invalid no_credential"
    }

    /// What its records or Authgear refuse it for; nil when it is something else.
    var recordRefusal: RecordRefusal? {
        guard let refusal else { return nil }
        let isJWT = "\(refusal.credential)" == "\(RefusedCredential.token.label)"
        return RecordRefusal.allCases.first { candidate in
            // The checks of a JWT tell those themselves.
            "\(candidate.reason)" == "\(refusal.reason)" && !(isJWT && candidate.isOfClaims)
        }
    }

    /// What there is to say behind the checks.
    var lines: String {
        var lines = ""
        if let unknown {
            lines += "  unknown  \(unknown.text): \(longAnswer?.words ?? unknown.remedy)\n"
        }
        let header = refusal.flatMap { note in HeaderRefusal.allCases.first { "\($0.reason)" == "\(note.reason)" } }
        if let header {
            lines += header.line
        }
        if let unproved = refusal.flatMap({ note in ProofRefusal.allCases.first { "\($0.reason)" == "\(note.reason)" } }
        ) {
            lines += unproved.line
        }
        if answer.outcome == .none, refusal != nil {
            lines +=
                "  compat   headers.compat is authgear: what is invalid is answered as none, but for session cookies\n"
        }
        for question in backgroundQuestions {
            lines += "  later    the service asks Authgear in the background (\(question.purpose.label))\n"
        }
        return lines
    }

    /// The answer's head as it is sent, but for what depends on the connection.
    var headLines: String {
        String(decoding: answer.bytes, as: UTF8.self).split(separator: "\r\n").map { "  \($0)\n" }.joined()
    }
}
