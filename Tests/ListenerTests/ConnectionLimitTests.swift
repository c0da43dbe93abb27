import Listener
import NIOCore
import NIOEmbedded
import Resolution
import Testing

/// Time-outs, slow readers, half-closed clients and the end, as the handler performs them.
@Suite struct ConnectionLimitTests {
    @Test func `an idle connection is closed without a word`() throws {
        let gateway = try EmbeddedGateway()
        gateway.sweep(150)
        #expect(gateway.isOpen)
        gateway.sweep()
        #expect(!gateway.isOpen)
        #expect(try gateway.received() == "")
    }

    @Test func `a slow head is answered 408`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send("GET /resolve HTTP/1.1\r\n")
        gateway.sweep(20)
        #expect(try gateway.received() == "")
        gateway.sweep()
        #expect(try gateway.received() == Stage.error("408 Request Timeout"))
        #expect(gateway.isHalfClosed && gateway.loop.figures.errors(.requestTimeout) == 1)
        gateway.sweep(5)
        #expect(!gateway.isOpen)
    }

    @Test func `a slow connection costs another nothing`() throws {
        let slow = try EmbeddedGateway()
        let other = try EmbeddedGateway(sharing: slow)
        try slow.send("GET /")
        slow.sweep(20)
        try other.send(Stage.get())
        slow.sweep(2)
        #expect(try slow.received() == Stage.error("408 Request Timeout"))
        #expect(try other.received() == Stage.none)
        slow.sweep(5)
        #expect(!slow.isOpen && other.isOpen && slow.loop.connectionCount == 1)
        try other.send(Stage.get())
        #expect(try other.received() == Stage.none)
    }

    @Test func `a client that doesn't read is not read from, and goes on when it does`() throws {
        let gateway = try EmbeddedGateway()
        gateway.setWritable(false)
        _ = gateway.reads()
        try gateway.send(Stage.get())
        #expect(try gateway.received() == "")
        #expect(gateway.reads() == 0)
        gateway.setWritable(true)
        #expect(try gateway.received() == Stage.none)
        #expect(gateway.reads() == 1)
        gateway.setWritable(false)
        gateway.sweep(61)
        #expect(!gateway.isOpen)
    }

    @Test func `many answers leave in several writes, so that the client has to read`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(String(repeating: Stage.get(), count: 2_000))
        #expect(try gateway.received() == String(repeating: Stage.none, count: 2_000))
        #expect((2...5).contains(gateway.writes()))
    }

    @Test func `a client that closes its side when idle is closed`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(Stage.get() + "GET")
        #expect(try gateway.received() == Stage.none)
        gateway.closeInput()
        #expect(!gateway.isOpen)
        #expect(gateway.loop.connectionCount == 0)
    }

    @Test func `an error of the socket closes the connection`() throws {
        let gateway = try EmbeddedGateway()
        try gateway.send(Stage.get("/resolve", Stage.cookie))
        gateway.channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        #expect(!gateway.isOpen && gateway.loop.connectionCount == 0)
    }

    @Test func `the end closes the idle, waits for the others, and closes what comes later`() throws {
        let idle = try EmbeddedGateway()
        let busy = try EmbeddedGateway(sharing: idle)
        try busy.send(Stage.get("/resolve", Stage.cookie))
        let end = idle.loop.drain(within: .seconds(10))
        #expect(!idle.isOpen && busy.isOpen)
        let late = try EmbeddedGateway(sharing: idle)
        #expect(!late.isOpen)
        busy.reply(.unavailable(.timedOut))
        #expect(try busy.received() == Stage.closing(Stage.unavailable))
        #expect(!busy.isOpen && idle.loop.connectionCount == 0)
        try end.wait()
    }

    @Test func `the end comes when the time is over`() throws {
        let busy = try EmbeddedGateway()
        try busy.send(Stage.get("/resolve", Stage.cookie))
        let end = busy.loop.drain(within: .seconds(10))
        busy.advance(.seconds(9))
        #expect(busy.isOpen)
        busy.advance(.seconds(1))
        #expect(!busy.isOpen)
        try end.wait()
    }

    @Test func `a loop sweeps by itself once it is started`() throws {
        let gateway = try EmbeddedGateway()
        gateway.loop.start()
        gateway.advance(.seconds(75))
        #expect(gateway.isOpen)
        gateway.advance(.seconds(1))
        #expect(!gateway.isOpen)
    }
}
