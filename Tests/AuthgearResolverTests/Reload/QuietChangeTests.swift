import AuthgearResolver
import Testing

/// When a change of the configuration's files is over.
struct QuietChangeTests {
    /// Looks at files in each quarter of a second, from 0 on, and says after which quarters a change was told.
    private func told(_ looks: [[String: Int]]) -> [Int] {
        var change = QuietChange(looks[0], at: 0)
        return looks.indices.dropFirst().filter { change.look(looks[$0], at: Int64($0) * 250_000_000) }
    }

    @Test func `nothing changes, and nothing is told`() {
        #expect(told(Array(repeating: ["a": 1], count: 10)) == [])
    }

    @Test func `a change is told once, when it has been quiet for a second`() {
        #expect(told([["a": 1]] + Array(repeating: ["a": 2], count: 12)) == [5])
    }

    @Test func `each change begins the second anew`() {
        let looks = (1...6).map { ["a": $0] }
        #expect(told(looks + Array(repeating: ["a": 6], count: 8)) == [9])
    }

    @Test func `a file that goes, and comes back as it was, has changed`() {
        #expect(told([["a": 1], ["a": 0], ["a": 1]] + Array(repeating: ["a": 1], count: 6)) == [6])
    }

    @Test func `a file that is named from now on is no change, and its next change is one`() {
        let before = [
            ["a": 1], ["a": 1, "b": 1], ["a": 1, "b": 1], ["a": 1, "b": 1], ["a": 1, "b": 1], ["a": 1, "b": 1],
        ]
        #expect(told(before) == [])
        #expect(told(before + Array(repeating: ["a": 1, "b": 2], count: 6)) == [10])
    }
}
