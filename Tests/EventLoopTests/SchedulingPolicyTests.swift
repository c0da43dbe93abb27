import EventLoop
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(5))) struct SchedulingPolicyTests {
    @Test func `a thread has the policy that it took last, and others keep theirs`() async throws {
        let pools = [NIOThreadPool(numberOfThreads: 1), NIOThreadPool(numberOfThreads: 1)]
        for pool in pools { pool.start() }
        // A thread begins with that of who started it, which here is the run of the tests.
        try await pools[1].runIfActive { try SchedulingPolicy.other.apply() }
        let taken = try await pools[0].runIfActive {
            try [SchedulingPolicy.batch, .other, .batch, .batch].map { policy in
                try policy.apply()
                return SchedulingPolicy.ofThread
            }
        }
        let untouched = try await pools[1].runIfActive { SchedulingPolicy.ofThread }
        for pool in pools { try await pool.shutdownGracefully() }
        #expect(taken == [.batch, .other, .batch, .batch])
        #expect(untouched == .other)
    }
}
