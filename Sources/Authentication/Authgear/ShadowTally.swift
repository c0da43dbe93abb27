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
