import Authentication
import Fixtures
import HTTP1
import NIOPosix
import Testing
import Worker

@Suite(.timeLimit(.minutes(5))) struct WorkerFiguresTests {
    private static let request = Stage.get("/resolve", Stage.cookie)

    @Test func `a request is in flight while it waits, and who is answered at once never is`() throws {
        let gateway = try EmbeddedGateway()
        let other = try EmbeddedGateway(sharing: gateway)
        gateway.send(Stage.get())
        #expect(gateway.received() == Stage.none)
        #expect(gateway.workerFigures.waiting == 0)
        gateway.send(Self.request)
        other.send(Self.request + Self.request)
        #expect(gateway.workerFigures.connections == 2)
        #expect(gateway.workerFigures.waiting == 2, "what comes behind one that waits is not looked at")
        gateway.reply(Stage.session)
        #expect(gateway.workerFigures.waiting == 2, "it waits for its next record")
        gateway.reply(Stage.user)
        #expect(gateway.received() == Stage.valid)
        #expect(gateway.workerFigures.waiting == 1, "the second of the other connection")
        other.hangUp()
        #expect(gateway.workerFigures.waiting == 0)
        #expect(gateway.workerFigures.connections == 1)
    }

    @Test func `a request that is given up is in flight no longer`() throws {
        var limits = ConnectionLimits.generous
        limits.decisionTimeout = .zero
        let gateway = try EmbeddedGateway(limits)
        gateway.send(Self.request)
        gateway.settle()
        #expect(gateway.received().contains("decision_timed_out"))
        #expect(gateway.workerFigures.waiting == 0)
    }

    @Test func `of a connection with HTTP/2, each request counts`() throws {
        let served = try HTTP2Gateway()
        let ids = (0..<5).map { served.client.request("/require", [("cookie", "session=s\($0).x")]) }
        served.client.request("/require")
        served.settle()
        #expect(served.gateway.workerFigures.waiting == 5)
        served.client.reset(ids[4])
        served.settle()
        #expect(served.gateway.workerFigures.waiting == 4)
        for _ in ids { served.gateway.reply(.missing) }
        served.settle()
        #expect(served.gateway.workerFigures.waiting == 0)
        #expect(served.gateway.workerFigures.connections == 1)
    }

    @Test func `each worker of a listener says how many connections it has, and how busy its thread was`() async throws
    {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0")) { running in
            var clients: [SocketClient] = []
            for _ in 0..<5 {
                let client = try await running.connect()
                try await client.send(Stage.get())
                #expect(try await client.receive() == Stage.none)
                clients.append(client)
            }
            let workers = await running.listener.reports().compactMap { $0?.figures }
            #expect(workers.map(\.connections).sorted() == [2, 3], "they are dealt out in turn")
            #expect(workers.allSatisfy { $0.busy > 0 && $0.waiting == 0 })
            try await clients[0].send(String(repeating: Stage.get(), count: 1_000))
            _ = try await clients[0].receive(answers: 1_000)
            let later = await running.listener.reports().compactMap { $0?.figures }
            #expect(zip(workers, later).allSatisfy { $0.busy <= $1.busy })
            #expect(later.map(\.busy).reduce(0, +) > workers.map(\.busy).reduce(0, +))
            for client in clients { try await client.close() }
        }
    }
}
