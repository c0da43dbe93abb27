import AllocationCounter
import Fixtures
import NIOCore
import NIOPosix
import Testing
import Traces
import Worker

/// How often an event loop asks for memory while it serves requests that are answered at once.
@Suite(.timeLimit(.minutes(5))) struct AllocationTests {
    private static let requests = 500
    /// What else is allocated meanwhile, at most: for counting, and for a new date, once a second, some ten times each.
    private static let others = 100

    /// Optimised, none is left; without optimisation, one for each decision.
    @Test(arguments: [
        (Stage.get(), unoptimised: 1), (Stage.get("/require"), unoptimised: 1), (Stage.get("/elsewhere"), 0),
    ])
    func `a request that is answered at once allocates nothing`(request: String, unoptimised: Int) async throws {
        try await check(request, unoptimised: unoptimised, RunningListener.settings("127.0.0.1:0"))
    }

    /// Without `tracestate`, which is copied.
    @Test func `neither does one that is a span`() async throws {
        var settings = try RunningListener.settings("127.0.0.1:0")
        settings.connection = Audience.limits
        settings.observation = ObservationRules(sampling: .parent, loggedShare: 0.5)
        try await check(Stage.get("/resolve", TraceFields.line()), unoptimised: 4, settings)
    }

    private func check(_ request: String, unoptimised: Int, _ settings: Listener.Settings) async throws {
        #if DEBUG
            let most = unoptimised
        #else
            let most = 0
        #endif
        let clients = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await RunningListener.with(settings, loops: 1) { running in
            let client = try await SocketClient(running.addresses[0], on: clients)
            try await Self.ask(client, request, times: 20)
            let before = try await Self.count(on: running.loops)
            try await Self.ask(client, request, times: Self.requests)
            let allocations = try await Self.count(on: running.loops) - before
            #expect(allocations <= most * Self.requests + Self.others, "\(allocations) for \(Self.requests) requests")
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

    /// How often the one loop's thread has allocated so far.
    private static func count(on loops: LoopSet) async throws -> Int {
        try await loops.collect { _ in allocation_count() }[0]
    }
}
