import Bytes

/// The headers of an answer that a gateway reads, to be compared with those of another: as they are rendered, which is what
/// the gateway gets.
struct ShadowComparison: Sendable {
    /// The values of the headers, in the order of `AuthgearFields.Name`; an empty one counts as absent.
    private var values: [[UInt8]]

    /// Those of an answer of ours.
    init(_ answer: Answer, renderedBy renderer: any ResponseRenderer) {
        values = renderer.values(of: ShadowTally.headers, in: answer.bytes).map { $0 ?? [] }
    }

    /// Those of Authgear's answer, written as ours are; nil when there is none.
    init?(_ reply: AuthgearReply, format: AnswerFormat, renderedBy renderer: any ResponseRenderer) {
        let answer: Answer
        switch reply {
        case .valid(let identity):
            // What can't be written here is still a valid session of somebody's.
            answer =
                (try? format.unjudgedAnswer(for: identity, by: renderer))
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

/// Picks the requests that Authgear is asked about as well.
struct ShadowSampler {
    /// Of 2³².
    private let threshold: UInt64
    /// Whoever foresaw it would only know which of his requests are compared.
    private var state = UInt64.random(in: .min ... .max)

    /// - Parameter share: from 0 to 1; nothing is sampled at 0.
    init?(share: Double) {
        guard share > 0 else { return nil }
        threshold = UInt64((min(share, 1) * 4_294_967_296).rounded(.up))
    }

    /// Whether the next request is one of them. Knuth's linear congruential generator, of which the upper half is random.
    mutating func picks() -> Bool {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 32 < threshold
    }
}

/// How answers compared with Authgear's own so far. A plain value; `/metrics` adds up those of all event loops.
package struct ShadowTally: Sendable {
    /// The headers that are compared, in their order.
    package static let headers = AuthgearFields.Name.allCases.map(\.rawValue)
    private static let results: [StaticString] =
        ["same", "different", "unknown"] + AuthgearFailure.allCases.map { UnknownReason($0).text }

    private var results = [Int](repeating: 0, count: ShadowTally.results.count)
    private var differences = [Int](repeating: 0, count: ShadowTally.headers.count)

    package init() {}

    /// Both answers are there.
    ///
    /// - Parameter headers: the places in `headers` of those that are not the same.
    mutating func compared(_ headers: [Int]) {
        results[headers.isEmpty ? 0 : 1] += 1
        for header in headers { differences[header] += 1 }
    }

    /// Ours was *unknown*, which no answer of Authgear's is.
    mutating func countUnknown() { results[2] += 1 }

    /// Authgear did not answer.
    mutating func count(_ failure: AuthgearFailure) { results[3 + Int(failure.rawValue)] += 1 }

    /// Every result, and how often it occurred.
    package func forEachResult(_ body: (_ result: StaticString, _ count: Int) -> Void) {
        for (result, count) in zip(Self.results, results) { body(result, count) }
    }

    /// Every header, and how often it was not the same.
    package func forEachDifference(_ body: (_ header: String, _ count: Int) -> Void) {
        for (header, count) in zip(Self.headers, differences) { body(header, count) }
    }

    /// Adds another event loop's counts to these.
    package mutating func merge(_ other: ShadowTally) {
        for index in results.indices { results[index] += other.results[index] }
        for index in differences.indices { differences[index] += other.differences[index] }
    }
}
