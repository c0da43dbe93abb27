import Bytes

/// The headers of an answer that a gateway reads, to be compared with those of another: as they are rendered, which is what
/// the gateway gets.
struct ShadowComparison {
    /// The values of the headers, in the order of `AuthgearFields.Name`; an empty one counts as absent.
    private var values: [[UInt8]]

    /// Those of an answer of ours.
    init(_ answer: Answer, renderedBy renderer: any ResponseRenderer) {
        values = renderer.values(of: ShadowTally.headers, in: answer.bytes)
    }

    /// Those of Authgear's answer, written as ours are; nil when there is none.
    init?(_ reply: AuthgearReply, format: AnswerFormat, renderedBy renderer: any ResponseRenderer) {
        let answer: Answer
        switch reply {
        case .valid(let identity):
            // What can't be written here is still a valid session of somebody's.
            answer =
                (try? format.answer(for: identity, by: renderer))
                ?? Self.answer(.valid, isValid: "true", by: renderer)
        case .invalid: answer = Self.answer(.invalid, isValid: "false", by: renderer)
        case .silent: answer = Self.answer(.none, isValid: nil, by: renderer)
        case .unknown: return nil
        }
        self.init(answer, renderedBy: renderer)
    }

    private static func answer(_ outcome: Outcome, isValid: StaticString?, by renderer: any ResponseRenderer) -> Answer
    {
        var writer = FieldWriter()
        if let isValid { writer.add("x-authgear-session-valid", value: isValid) }
        return Answer(Verdict(outcome: outcome, status: .ok, fields: writer.fields), by: renderer)
    }

    /// The places of the headers that are not the same.
    func differences(from other: ShadowComparison) -> [Int] {
        values.indices.filter { values[$0] != other.values[$0] }
    }
}
