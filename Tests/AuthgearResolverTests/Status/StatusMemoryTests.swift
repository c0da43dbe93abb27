import AuthgearResolver
import Bytes
import Testing

@Suite struct StatusMemoryTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    @Test func `it is starting since the start, and then as it is since somebody looked`() {
        let memory = StatusMemory(startedAt: start)
        #expect(memory.note(.starting, at: start + .seconds(1)) == start)
        #expect(memory.note(.ready, at: start + .seconds(5)) == start + .seconds(5))
        #expect(memory.note(.ready, at: start + .seconds(9)) == start + .seconds(5))
        #expect(memory.note(.degraded, at: start + .seconds(20)) == start + .seconds(20))
        #expect(memory.note(.ready, at: start + .seconds(30)) == start + .seconds(30))
    }

    @Test func `samples are remembered`() {
        let memory = StatusMemory(startedAt: start)
        for number in 1...3 { memory.add(StatusSample(at: Int64(number))) }
        #expect(memory.history.latest?.at == 3)
        #expect(memory.history.intervals(at: 3).count == 2)
    }
}
