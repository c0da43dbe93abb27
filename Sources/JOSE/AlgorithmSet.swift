/// Some of the algorithms, as one word.
package struct AlgorithmSet: Hashable, Sendable {
    private var bits: UInt16 = 0

    package init(_ algorithms: some Sequence<Algorithm>) {
        for algorithm in algorithms { bits |= 1 << UInt16(algorithm.rawValue) }
    }

    package static let all = AlgorithmSet(Algorithm.allCases)

    package func contains(_ algorithm: Algorithm) -> Bool {
        bits & (1 << UInt16(algorithm.rawValue)) != 0
    }
}
