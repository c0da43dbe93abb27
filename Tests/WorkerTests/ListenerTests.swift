import Authentication
import EventLoop
import Fixtures
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing
import Worker

/// The listener on real sockets.
@Suite(.timeLimit(.minutes(5))) struct ListenerTests {
    @Test func `it serves on TCP, IPv4 and IPv6, and on Unix sockets at once`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/resolver.sock"
        let settings = try RunningListener.settings("127.0.0.1:0", "[::1]:0", "unix:\(path)")
        try await RunningListener.with(settings) { running in
            #expect(running.addresses.count == 3)
            for index in 0..<3 {
                let client = try await running.connect(index)
                try await client.send(Stage.get("/require"))
                #expect(try await client.receive() == Stage.stranger)
                try await client.send(Stage.get())
                #expect(try await client.receive() == Stage.none)
                try await client.close()
            }
            #expect(try TemporaryFolder.permissions(path) == 0o666)
        }
        #expect(!TemporaryFolder.exists(path))
    }

    @Test(arguments: [SchedulingPolicy.other, .batch])
    func `each worker's thread is scheduled as it is to be`(policy: SchedulingPolicy) async throws {
        var settings = try RunningListener.settings("127.0.0.1:0")
        settings.scheduling = policy
        try await RunningListener.with(settings, loops: 2) { running in
            let policies = try await running.loops.collect { _ in SchedulingPolicy.ofThread }
            #expect(policies == [policy, policy])
        }
    }

    @Test func `the system picks the port that is reported`() async throws {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0")) { running in
            guard case .tcp("127.0.0.1", let port) = running.addresses[0] else { return #expect(Bool(false)) }
            #expect(port > 0)
            let again = try running.listener.bind()
            #expect(again == running.addresses)
        }
    }

    @Test func `thousands of pipelined requests are answered in order`() async throws {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0")) { running in
            let client = try await running.connect()
            let round = Stage.get() + Stage.get("/require") + Stage.get("/x")
            async let sent: Void = client.send(String(repeating: round, count: 2_000))
            let answers = try await client.receive(answers: 6_000)
            try await sent
            #expect(answers == String(repeating: Stage.none + Stage.stranger + Stage.notFound, count: 2_000))
        }
    }

    @Test func `a refused client reads its answer although it goes on sending`() async throws {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0")) { running in
            let client = try await running.connect()
            try await client.send("garbage\n" + String(repeating: "x", count: 100_000))
            #expect(try await client.receiveToEnd() == Stage.error("400 Bad Request"))
            try await client.close()
        }
    }

    @Test func `a connection beyond the limit is closed, and one that ends makes room`() async throws {
        var settings = try RunningListener.settings("127.0.0.1:0")
        settings.maximumConnections = 2
        try await RunningListener.with(settings) { running in
            let first = try await running.connect()
            let second = try await running.connect()
            for client in [first, second] {
                try await client.send(Stage.get())
                #expect(try await client.receive() == Stage.none)
            }
            let third = try await running.connect()
            #expect(try await third.receiveToEnd() == "")
            let connections = running.listener.connections
            #expect(connections.open == 2 && connections.accepted == 2 && connections.refused == 1)

            try await first.close()
            try await waitUntil { running.listener.connections.open != 2 }
            let fourth = try await running.connect()
            try await fourth.send(Stage.get())
            #expect(try await fourth.receive() == Stage.none)
        }
    }

    @Test func `figures of all loops are added up`() async throws {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0"), loops: 3) { running in
            for _ in 0..<6 {
                let client = try await running.connect()
                try await client.send(Stage.get() + Stage.get("/require"))
                _ = try await client.receive(answers: 2)
            }
            // Who does not answer in time is left out.
            try await waitUntil {
                let figures = await running.listener.reports().listener
                return [Endpoint.resolve, .require].allSatisfy { figures.answers(at: $0, outcome: .none) == 6 }
            }
            #expect(running.listener.connections.open == 6)
            // Each loop had its share of them.
            #expect(try await running.loops.collect { $0.figures.answers(at: .resolve, outcome: .none) } == [2, 2, 2])
            #expect(try await running.loops.collect { $0.resolver.tally.unknowns.count }.count == 3)
        }
    }

    @Test func `at the end a request in flight is answered, and idle connections are closed`() async throws {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0"), loops: 1) { running in
            let (idle, busy) = (try await running.connect(), try await running.connect())
            try await idle.send(Stage.get())
            #expect(try await idle.receive() == Stage.none)
            try await busy.send(Stage.get("/resolve", Stage.cookie))
            try await running.store.arrived()
            running.running.cancel()
            #expect(try await idle.receiveToEnd() == "")
            await #expect(throws: (any Error).self) { try await running.connect() }
            running.store.replyToAll(.unavailable(.timedOut))
            let answer = try await busy.receiveToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.hasSuffix("\r\nConnection: close\r\n\r\n"))
            try await running.running.value
        }
    }

    @Test(arguments: [1, 3]) func `who waits to be accepted when the end comes is let in and answered`(loops: Int)
        async throws
    {
        let folder = try TemporaryFolder()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let settings = try RunningListener.settings("127.0.0.1:0", "unix:\(folder.path)/resolver.sock")
        let listener = RunningListener.make(settings, on: LoopSet(count: loops))
        // From here on the system lets them in, and nobody serves them yet.
        let addresses = try listener.bind()
        var clients: [SocketClient] = []
        for number in 0..<40 {
            let client = try await SocketClient(addresses[number % 2], on: group)
            try await client.send(Stage.get())
            clients.append(client)
        }
        let running = Task { try await listener.run() }
        running.cancel()
        for client in clients {
            // Another loop may hear of a connection, and answer, before it hears of the end.
            #expect([Stage.none, Stage.closing(Stage.none)].contains(try await client.receiveToEnd()))
        }
        try await running.value
        #expect(listener.connections.accepted == 40 && listener.connections.open == 0)
        try await group.shutdownGracefully()
    }

    @Test func `at the end of the drain time what is left is closed`() async throws {
        var settings = try RunningListener.settings("127.0.0.1:0")
        settings.drain.timeout = .zero
        try await RunningListener.with(settings) { running in
            let busy = try await running.connect()
            try await busy.send(Stage.get("/resolve", Stage.cookie))
            try await running.store.arrived()
            running.running.cancel()
            #expect(try await busy.receiveToEnd() == "")
            try await running.running.value
        }
    }

    @Test func `a service group that shuts down gracefully ends it`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loops = LoopSet(count: 1)
        let store = RunningListener.Store(loops: loops)
        let listener = RunningListener.make(try RunningListener.settings("127.0.0.1:0"), on: loops)
        let address = try listener.bind()[0]
        let services = ServiceGroup(services: [listener], logger: Logger(label: "test"))
        async let running: Void = services.run()
        let (idle, client) = (try await SocketClient(address, on: group), try await SocketClient(address, on: group))
        try await idle.send(Stage.get())
        #expect(try await idle.receive() == Stage.none)
        try await client.send(Stage.get("/resolve", Stage.cookie))
        try await store.arrived()
        await services.triggerGracefulShutdown()
        #expect(try await idle.receiveToEnd() == "")
        store.replyToAll(.missing)
        #expect(try await client.receiveToEnd().hasSuffix("\r\nConnection: close\r\n\r\n"))
        try await running
        try await group.shutdownGracefully()
    }
}
