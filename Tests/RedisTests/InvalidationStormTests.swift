import Redis
import Testing

/// When it does not pay to be told of changes.
struct InvalidationStormTests {
    /// Counts second by second, each with so many changes, look-ups and hits, and says after which seconds it did not pay.
    private func seconds(_ seconds: [(changes: Int, lookUps: Int, hits: Int)]) -> [Int] {
        var storm = InvalidationStorm()
        var counts = InvalidationStorm.Counts()
        return seconds.indices.filter { second in
            counts.changes += seconds[second].changes
            counts.lookUps += seconds[second].lookUps
            counts.hits += seconds[second].hits
            return storm.secondPassed(counts)
        }.map { $0 + 1 }
    }

    @Test func `ten seconds of many changes and few hits are a storm`() {
        #expect(seconds(Array(repeating: (5_001, 100, 49), count: 10)) == [10])
    }

    @Test func `after one the next needs ten seconds again`() {
        #expect(seconds(Array(repeating: (9_000, 100, 0), count: 25)) == [10, 20])
    }

    @Test(arguments: [(5_000, 100, 0), (20_000, 100, 50), (20_000, 0, 0)])
    func `fewer changes, more hits or nobody who asks are none`(changes: Int, lookUps: Int, hits: Int) {
        #expect(seconds(Array(repeating: (changes, lookUps, hits), count: 60)) == [])
    }

    @Test func `one second of rest begins the count anew`() {
        let nine = Array(repeating: (changes: 6_000, lookUps: 10, hits: 0), count: 9)
        #expect(seconds(nine + [(100, 10, 0)] + nine + [(6_000, 10, 0)]) == [20])
    }

    @Test func `hits count of the last ten seconds alone`() {
        let good = Array(repeating: (changes: 6_000, lookUps: 100, hits: 100), count: 60)
        #expect(seconds(good + Array(repeating: (6_000, 100, 0), count: 10)) == [66])
    }
}
