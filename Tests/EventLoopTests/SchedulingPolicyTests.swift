import EventLoop
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(5))) struct SchedulingPolicyTests {
    @Test func `a thread has the policy that it took last, and others have their own`() async throws {
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        let taken = try await threads.runIfActive {
            try [SchedulingPolicy.batch, .other, .batch].map { policy in
                try policy.apply()
                return SchedulingPolicy.ofThread
            }
        }
        let others = NIOThreadPool(numberOfThreads: 1)
        others.start()
        #expect(taken == [.batch, .other, .batch])
        let untouched = try await others.runIfActive { SchedulingPolicy.ofThread }
        #expect(untouched == .other)
        try await threads.shutdownGracefully()
        try await others.shutdownGracefully()
    }
}
