import AllocationCounter
import Listener
import NIOCore
import NIOPosix
import Testing

/// How often an event loop asks for memory while it serves requests that are answered at once.
struct AllocationTests {
    private static let requests = 500

    /// Optimised it is nothing, NIO's share included; without optimisation nearly all of it is NIO's, so a new version of
    /// NIO may change it.
    @Test(arguments: [
        (Stage.get(), debug: 10), (Stage.get("/require"), debug: 10), (Stage.get("/elsewhere"), debug: 9),
    ])
    func `a request that is answered at once allocates no more than it did`(
        request: String, debug: Int
    ) async throws {
        #if DEBUG
            let most = debug
        #else
            let most = 0
        #endif
        let clients = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0"), loops: 1) { running in
            let client = try await SocketClient(running.addresses[0], on: clients)
            try await Self.ask(client, request, times: 20)
            let before = try await Self.count(on: running.group)
            try await Self.ask(client, request, times: Self.requests)
            let allocations = try await Self.count(on: running.group) - before
            // The sweeps, a new date and the counting itself are far from one for each request.
            #expect(allocations / Self.requests <= most, "\(allocations) for \(Self.requests) requests")
            try await client.close()
        }
        try await clients.shutdownGracefully()
    }

    private static func ask(_ client: SocketClient, _ request: String, times: Int) async throws {
        for _ in 0..<times {
            try await client.send(request)
            _ = try await client.receive()
        }
    }

    /// How often the group's one loop has allocated so far.
    private static func count(on group: MultiThreadedEventLoopGroup) async throws -> Int {
        try await group.next().submit { allocation_count() }.get()
    }
}
