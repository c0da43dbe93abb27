import Redis
import Testing

private func at(_ milliseconds: Int64) -> Int64 {
    1_000_000_000 + milliseconds * 1_000_000
}

private func lookUps(limit: Int = 10) -> WaitingLookUps<String> {
    WaitingLookUps(patience: 250_000_000, limit: limit)
}

extension WaitingLookUps<String> {
    fileprivate mutating func ask(_ lookUp: String, at now: Int64) -> Admission {
        admit(lookUp, asked: now, at: now)
    }
}

@Suite struct `Waiting look-ups` {
    @Test func `without an attempt there is nothing to wait for`() {
        var waiting = lookUps()
        #expect(waiting.ask("a", at: at(0)) == .futile)
        #expect(waiting.nextDeadline == nil)
    }

    @Test func `who asks during an attempt waits until it is ready`() {
        var waiting = lookUps()
        waiting.attemptBegan()
        #expect(waiting.ask("a", at: at(0)) == .waits)
        #expect(waiting.ask("b", at: at(1)) == .waits)
        #expect(waiting.ended() == ["a", "b"])
        #expect(waiting.ended() == [])
        #expect(waiting.ask("c", at: at(2)) == .futile)
    }

    @Test func `who waits for an attempt that fails is told, and nobody waits before the next`() {
        var waiting = lookUps()
        waiting.attemptBegan()
        _ = waiting.ask("a", at: at(0))
        #expect(waiting.attemptFailed(at: at(1)) == ["a"])
        #expect(waiting.ask("b", at: at(2)) == .futile)
        waiting.attemptBegan()
        #expect(waiting.ask("c", at: at(3)) == .waits)
    }

    @Test func `in the time of one look-up after a loss several attempts may fail`() {
        var waiting = lookUps()
        waiting.connectionLost(at: at(0))
        #expect(waiting.ask("a", at: at(1)) == .waits)
        for moment in [Int64(10), 40, 249] {
            waiting.attemptBegan()
            #expect(waiting.attemptFailed(at: at(moment)) == [])
            #expect(waiting.ask("\(moment)", at: at(moment)) == .waits)
        }
        #expect(waiting.ask("b", at: at(250)) == .futile)
        waiting.attemptBegan()
        #expect(waiting.attemptFailed(at: at(250)) == ["a", "10", "40", "249"])
    }

    @Test func `each waits for its own time`() {
        var waiting = lookUps()
        waiting.attemptBegan()
        _ = waiting.ask("a", at: at(0))
        _ = waiting.ask("b", at: at(100))
        #expect(waiting.nextDeadline == at(250))
        #expect(waiting.expired(at: at(249)) == [])
        #expect(waiting.expired(at: at(250)) == ["a"])
        #expect(waiting.nextDeadline == at(350))
        #expect(waiting.expired(at: at(1000)) == ["b"])
        #expect(waiting.nextDeadline == nil)
    }

    @Test func `one that was asked before has what is left of its time`() {
        var waiting = lookUps()
        waiting.connectionLost(at: at(200))
        #expect(waiting.admit("a", asked: at(0), at: at(200)) == .waits)
        #expect(waiting.nextDeadline == at(250))
    }

    @Test func `more than may wait are turned away`() {
        var waiting = lookUps(limit: 1)
        waiting.attemptBegan()
        #expect(waiting.ask("a", at: at(0)) == .waits)
        #expect(waiting.ask("b", at: at(0)) == .overloaded)
        #expect(waiting.expired(at: at(250)) == ["a"])
        #expect(waiting.ask("c", at: at(250)) == .waits)
    }
}
