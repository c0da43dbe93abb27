import Authentication
import Fixtures
import HTTP1
import Testing
import Worker

/// Time-outs, slow readers, half-closed clients and the end, as a connection performs them.
@Suite struct ConnectionLimitTests {
    @Test func `an idle connection is closed without a word`() throws {
        let gateway = try EmbeddedGateway()
        gateway.sweep(150)
        #expect(gateway.isOpen)
        gateway.sweep()
        #expect(!gateway.isOpen)
        #expect(gateway.received() == "")
    }

    @Test func `a slow head is answered 408`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send("GET /resolve HTTP/1.1\r\n")
        gateway.sweep(20)
        #expect(gateway.received() == "")
        gateway.sweep()
        #expect(gateway.received() == Stage.error("408 Request Timeout"))
        #expect(gateway.isHalfClosed && gateway.figures.errors(with: .requestTimeout) == 1)
        gateway.sweep(5)
        #expect(!gateway.isOpen)
    }

    @Test func `a slow connection costs another nothing`() throws {
        let slow = try EmbeddedGateway()
        let other = try EmbeddedGateway(sharing: slow)
        slow.send("GET /")
        slow.sweep(20)
        other.send(Stage.get())
        slow.sweep(2)
        #expect(slow.received() == Stage.error("408 Request Timeout"))
        #expect(other.received() == Stage.none)
        slow.sweep(5)
        #expect(!slow.isOpen && other.isOpen && slow.connectionCount == 1)
        other.send(Stage.get())
        #expect(other.received() == Stage.none)
    }

    @Test func `a client that doesn't read is not read from, and goes on when it does`() throws {
        let gateway = try EmbeddedGateway(room: 4_096)
        gateway.send(String(repeating: Stage.get(), count: 2_000))
        let answered = gateway.figures.answers(at: .resolve, outcome: .none)
        #expect((1..<2_000).contains(answered))
        gateway.send(Stage.get())
        #expect(gateway.hasUnread && gateway.figures.answers(at: .resolve, outcome: .none) == answered)
        #expect(gateway.received() == String(repeating: Stage.none, count: 2_001))
        #expect(!gateway.hasUnread)
    }

    @Test func `a client that doesn't read is closed when its answers are as old as a decision may be`() throws {
        let limits = ConnectionLimits(
            headerBytes: 64 << 10, headerTimeout: .seconds(10), bodyTimeout: .seconds(10), idleTimeout: .seconds(75),
            decisionTimeout: .seconds(4))
        let gateway = try EmbeddedGateway(limits, room: 4_096)
        gateway.send(String(repeating: Stage.get(), count: 2_000))
        gateway.sweep(8)
        #expect(gateway.isOpen)
        gateway.sweep()
        #expect(!gateway.isOpen && gateway.connectionCount == 0)
    }

    @Test func `a refusal reaches a client that reads late`() throws {
        let gateway = try EmbeddedGateway(room: 4_096)
        gateway.send(String(repeating: Stage.get(), count: 1_000) + "garbage\n")
        #expect(!gateway.isHalfClosed)
        #expect(
            gateway.received() == String(repeating: Stage.none, count: 1_000) + Stage.error("400 Bad Request"))
        #expect(gateway.isHalfClosed)
    }

    @Test func `a client that closes its side when idle is closed`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get() + "GET")
        #expect(gateway.received() == Stage.none)
        gateway.closeInput()
        #expect(!gateway.isOpen)
        #expect(gateway.connectionCount == 0)
    }

    @Test func `a client that is gone is closed, whatever it waited for`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get("/resolve", Stage.cookie))
        gateway.hangUp()
        #expect(gateway.connectionCount == 0)
    }

    @Test func `the end closes who is silent at its time, waits for the others, and closes what comes later`() throws {
        let idle = try EmbeddedGateway()
        let busy = try EmbeddedGateway(sharing: idle)
        busy.send(Stage.get("/resolve", Stage.cookie))
        idle.end(idle: .zero, within: .seconds(1_000))
        #expect(!idle.isOpen && busy.isOpen)
        let late = try EmbeddedGateway(sharing: idle)
        #expect(!late.isOpen)
        busy.reply(.unavailable(.timedOut))
        #expect(busy.received() == Stage.closing(Stage.unavailable))
        #expect(!busy.isOpen && idle.connectionCount == 0)
    }

    @Test func `at the end a silent connection has one more request, whose answer says that it is the last`() throws {
        let silent = try EmbeddedGateway()
        let partial = try EmbeddedGateway(sharing: silent)
        partial.send("GET /resolve HTTP/1.1\r\n")
        silent.end(within: .seconds(1_000))
        silent.sweep(10)
        #expect(silent.isOpen && partial.isOpen)
        silent.send(Stage.get())
        #expect(silent.received() == Stage.closing(Stage.none))
        #expect(!silent.isOpen && !silent.isHalfClosed)
        partial.send("Host: a\r\n\r\n")
        #expect(partial.received() == Stage.closing(Stage.none))
        #expect(!partial.isOpen && silent.connectionCount == 0)
    }

    @Test func `a request that came when silence ended, and was not heard of yet, is answered`() throws {
        let gateway = try EmbeddedGateway()
        let partial = try EmbeddedGateway(sharing: gateway)
        gateway.sendWithinTurn(Stage.get())
        partial.sendWithinTurn("GET /resolve HTTP/1.1\r\n")
        gateway.end(idle: .zero, within: .seconds(1_000))
        #expect(gateway.received() == Stage.closing(Stage.none))
        #expect(!gateway.isOpen && partial.isOpen)
        partial.send("Host: a\r\n\r\n")
        #expect(partial.received() == Stage.closing(Stage.none))
    }

    @Test func `the end comes when the time is over, and not before`() throws {
        let patient = try EmbeddedGateway()
        patient.send(Stage.get("/resolve", Stage.cookie))
        patient.end(within: .seconds(1_000))
        patient.sweep()
        #expect(patient.isOpen)
        let busy = try EmbeddedGateway()
        busy.send(Stage.get("/resolve", Stage.cookie))
        busy.end(within: .zero)
        busy.sweep()
        #expect(!busy.isOpen && busy.connectionCount == 0)
    }

    @Test func `a request that comes together with the end is answered, and told that no other is`() throws {
        let gateway = try EmbeddedGateway()
        gateway.sendLater(Stage.get())
        gateway.postLater(.end(DrainLimits(idle: .zero)))
        gateway.settle()
        #expect(gateway.received() == Stage.closing(Stage.none))
        #expect(!gateway.isOpen)
    }

    @Test func `a connection that pauses twice in a turn, and then ends, ends once`() throws {
        let gateway = try EmbeddedGateway(room: 1 << 20)
        gateway.send(Stage.get("/resolve", Stage.cookie) + String(repeating: Stage.get(), count: 1_200))
        // In one turn the reply lets the loop answer what is kept, and more comes.
        gateway.replyLater(.unavailable(.timedOut))
        gateway.sendLater(
            String(repeating: Stage.get(), count: 1_300) + Stage.get("/resolve", "Connection: close\r\n"))
        gateway.settle()
        #expect(
            gateway.received()
                == Stage.unavailable + String(repeating: Stage.none, count: 2_500) + Stage.closing(Stage.none))
        #expect(!gateway.isOpen && gateway.connectionCount == 0)
    }
}
