import EventLoop
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProcessorTimeTests {
    /// Keeps the thread busy until its clock has moved.
    private static func work(by clock: ThreadClock) {
        let before = clock.nanoseconds
        // To ask is work itself.
        while clock.nanoseconds == before {}
    }

    /// Does this on a thread of its own, which has ended by then.
    private static func onThread(_ body: @escaping @Sendable () -> Void) async throws {
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        try await threads.runIfActive(body)
        try await threads.shutdownGracefully()
    }

    @Test func `a thread's clock tells others what it took, also when it has ended`() async throws {
        let clock = ThreadClock()
        #expect(clock.nanoseconds == 0)
        try await Self.onThread {
            clock.begin()
            Self.work(by: clock)
            clock.end()
        }
        let total = clock.nanoseconds
        #expect(total > 0)
        #expect(clock.nanoseconds == total, "nobody works by it any more")
    }

    @Test func `a thread that ended without saying so is no error`() async throws {
        let clock = ThreadClock()
        try await Self.onThread { clock.begin() }
        #expect(clock.nanoseconds >= 0)
    }

    @Test func `what one thread takes is part of what the process takes`() async throws {
        let (before, clock) = (ProcessorTime.ofProcess, ThreadClock())
        try await Self.onThread {
            clock.begin()
            Self.work(by: clock)
            clock.end()
        }
        #expect(ProcessorTime.ofProcess - before > 0)
        #expect(clock.nanoseconds <= ProcessorTime.ofProcess)
    }
}
