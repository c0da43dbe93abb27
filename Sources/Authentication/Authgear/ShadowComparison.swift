/// The headers of an answer that a gateway reads, to be compared with those of another.
struct ShadowComparison {
    /// What their lines begin with.
    private static let beginnings = AuthgearFields.Name.allCases.map { Array("\($0.rawValue): ".utf8) }

    /// The values of the headers, in the order of `AuthgearFields.Name`; an empty one counts as absent.
    private var values: [[UInt8]]

    /// Those of an answer of ours.
    init(_ answer: Answer) {
        values = Array(repeating: [], count: Self.beginnings.count)
        for line in answer.head.split(whereSeparator: { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) {
            for (number, beginning) in Self.beginnings.enumerated() where line.starts(with: beginning) {
                values[number] = Array(line.dropFirst(beginning.count))
            }
        }
    }

    /// Those of Authgear's answer, written as ours are; nil when there is none.
    init?(_ reply: AuthgearReply, _ format: AnswerFormat) {
        switch reply {
        case .valid(let identity):
            // What can't be written here is still a valid session of somebody's.
            let answer = try? format.answer(for: identity)
            self.init(answer ?? Answer(outcome: .valid, head: Array("x-authgear-session-valid: true".utf8)))
        case .invalid: self.init(Answer(outcome: .invalid, head: Array("x-authgear-session-valid: false".utf8)))
        case .silent: self.init(Answer(outcome: .none, head: []))
        case .unknown: return nil
        }
    }

    /// The places of the headers that are not the same.
    func differences(from other: ShadowComparison) -> [Int] {
        values.indices.filter { values[$0] != other.values[$0] }
    }
}
