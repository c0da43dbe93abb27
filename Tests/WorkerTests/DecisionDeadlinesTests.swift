import Testing
import Worker

@Suite struct DecisionDeadlinesTests {
    @Test func `the request that came first is due first`() {
        var deadlines = DecisionDeadlines(.seconds(4))
        #expect(deadlines.first == nil)
        #expect(deadlines.due == .max)
        for (slot, began) in [(7, Int64(100)), (3, 100), (7, 200)] { deadlines.append(slot: slot, began: began) }
        var order: [Int] = []
        var due: [Int64] = []
        while let first = deadlines.first {
            order.append(first.slot)
            due.append(deadlines.due)
            deadlines.removeFirst()
        }
        #expect(order == [7, 3, 7])
        #expect(due == [4_000_000_100, 4_000_000_100, 4_000_000_200])
        #expect(deadlines.count == 0)
    }

    @Test func `entries come and go in order, however many`() {
        var deadlines = DecisionDeadlines(.seconds(4))
        var (next, expected) = (0, 0)
        for round in 0..<200 {
            for _ in 0..<round % 7 + 1 {
                deadlines.append(slot: next, began: Int64(next))
                next += 1
            }
            for _ in 0..<min(round % 8, deadlines.count) {
                #expect(deadlines.first?.slot == expected)
                deadlines.removeFirst()
                expected += 1
            }
            #expect(deadlines.count == next - expected)
        }
        let rest = deadlines.takeAll()
        #expect(rest.map(\.slot) == Array(expected..<next))
        #expect(deadlines.first == nil)
    }

    @Test func `a time that no clock reaches is never over`() {
        var deadlines = DecisionDeadlines(.seconds(Int64.max))
        deadlines.append(slot: 0, began: 1)
        #expect(deadlines.due == .max)
    }
}
