import Redis
import Testing

private func at(_ milliseconds: Int64) -> Int64 {
    1_000_000_000 + milliseconds * 1_000_000
}

@Suite struct `Reconnect schedule` {
    @Test func `pauses double up to half a second`() {
        var schedule = ReconnectSchedule()
        var now = at(0)
        var pauses: [Int64] = []
        for _ in 0..<9 {
            schedule.attemptBegan(at: now)
            let next = schedule.failed(at: now, jitter: 1)
            pauses.append((next - now) / 1_000_000)
            now = next
        }
        #expect(pauses == [10, 20, 40, 80, 160, 320, 500, 500, 500])
    }

    @Test func `a million failures overflow nothing`() {
        var schedule = ReconnectSchedule()
        for _ in 0..<1_000_000 { _ = schedule.failed(at: at(0), jitter: 0.5) }
        schedule.attemptBegan(at: at(0))
        #expect(schedule.failed(at: at(0), jitter: 1) == at(500))
    }

    @Test(arguments: [0, 0.25, 0.5, 0.999]) func `jitter takes up to half of a pause away`(_ jitter: Double) {
        var schedule = ReconnectSchedule()
        for _ in 0..<10 { _ = schedule.failed(at: at(0), jitter: 0) }
        schedule.attemptBegan(at: at(0))
        let next = schedule.failed(at: at(0), jitter: jitter)
        #expect(next >= at(250) && next < at(500))
        #expect(next == at(0) + Int64(500_000_000 * (0.5 + jitter / 2)))
    }

    @Test func `an attempt that took long is followed almost at once`() {
        var schedule = ReconnectSchedule()
        for _ in 0..<10 { _ = schedule.failed(at: at(0), jitter: 0) }
        schedule.attemptBegan(at: at(0))
        #expect(schedule.failed(at: at(1000), jitter: 1) == at(1005))
    }

    @Test func `a connection that proved itself starts the pauses afresh`() {
        var schedule = ReconnectSchedule()
        for _ in 0..<10 { _ = schedule.failed(at: at(0), jitter: 0) }
        schedule.attemptBegan(at: at(0))
        schedule.becameReady(at: at(1))
        #expect(schedule.failed(at: at(501), jitter: 1) == at(511))
    }

    @Test func `a server that drops each connection is not hammered`() {
        var schedule = ReconnectSchedule()
        var now = at(0)
        for _ in 0..<10 {
            schedule.attemptBegan(at: now)
            schedule.becameReady(at: now)
            now = schedule.failed(at: now, jitter: 1)
        }
        schedule.attemptBegan(at: now)
        schedule.becameReady(at: now)
        #expect(schedule.failed(at: now, jitter: 1) == now + 500_000_000)
    }
}
