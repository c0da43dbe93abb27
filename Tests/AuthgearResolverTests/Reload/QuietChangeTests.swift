import AuthgearResolver
import Testing

/// When a change of the configuration's files is over.
struct QuietChangeTests {
    /// Looks at files in each quarter of a second, and says at which looks a change was told, after which they are read.
    ///
    /// - Parameter read: what they looked like when they were read at first.
    private func told(_ looks: [[String: Int]], read: [String: Int] = ["a": 1], isReadAgain: Bool = true) -> [Int] {
        var (change, read) = (QuietChange<Int>(), read)
        return looks.indices.filter { index in
            let isTold = change.look(looks[index], read: read, at: Int64(index) * 250_000_000)
            if isTold, isReadAgain { read = looks[index] }
            return isTold
        }
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

    @Test func `a file that goes, and comes back as it was read, has not changed`() {
        #expect(told([["a": 1], ["a": 0], ["a": 1]] + Array(repeating: ["a": 1], count: 6)) == [])
    }

    @Test func `what changes between the reading and the first look is told`() {
        #expect(told(Array(repeating: ["a": 2], count: 12)) == [4])
    }

    @Test func `so is what changes so in a file that was not named before`() {
        let looks = [["a": 1]] + Array(repeating: ["a": 1, "b": 2], count: 12)
        #expect(told(looks, read: ["a": 1, "b": 2]) == [])
        #expect(told(looks, read: ["a": 1, "b": 1]) == [5])
    }

    @Test func `a change that is not read is told each second`() {
        #expect(told(Array(repeating: ["a": 2], count: 12), isReadAgain: false) == [4, 8])
    }
}
