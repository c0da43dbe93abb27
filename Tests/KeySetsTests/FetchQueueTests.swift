import KeySets
import Testing

struct FetchQueueTests {
    @Test func `slots bound how many fetches run at once`() {
        var queue = FetchQueue(slots: 2)
        for issuer in 0..<4 { queue.add(issuer, isEarly: false) }
        #expect([queue.next(), queue.next(), queue.next()] == [0, 1, nil])
        queue.finished()
        #expect([queue.next(), queue.next()] == [2, nil])
        queue.finished()
        queue.finished()
        #expect([queue.next(), queue.next()] == [3, nil])
    }

    @Test func `the issuer that a request waits for comes first`() {
        var queue = FetchQueue(slots: 10)
        queue.add(0, isEarly: false)
        queue.add(1, isEarly: true)
        queue.add(2, isEarly: false)
        queue.add(3, isEarly: true)
        #expect([queue.next(), queue.next(), queue.next(), queue.next(), queue.next()] == [1, 3, 0, 2, nil])
    }

    @Test func `an issuer that is waited for only later goes ahead too`() {
        var queue = FetchQueue(slots: 10)
        for issuer in 0..<4 { queue.add(issuer, isEarly: false) }
        queue.promote(2)
        queue.promote(2)
        queue.promote(9)
        #expect([queue.next(), queue.next(), queue.next(), queue.next(), queue.next()] == [2, 0, 1, 3, nil])
    }
}
