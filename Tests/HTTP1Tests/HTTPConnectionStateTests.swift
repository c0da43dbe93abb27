import Bytes
import Fixtures
import HTTP1
import Testing

/// The conversation on a connection, as a value.
@Suite struct ConnectionTests {
    /// A connection whose answers are known at once or later, and what it says, as words.
    private final class Talk {
        var connection: HTTPConnectionState
        let bounds: ConnectionBounds
        var tick = 0
        private var kept: [UInt8] = []

        init(_ limits: ConnectionLimits = .generous) {
            bounds = ConnectionBounds(limits)
            connection = HTTPConnectionState(bounds, at: 0)
        }

        /// Gives it bytes; says what it wants done until it waits.
        func send(_ text: String, deciding: Bool = true) -> [String] {
            kept += Array(text.utf8)
            var words: [String] = []
            while true {
                let (action, consumed) = connection.advance(over: kept.span.bytes, within: bounds, at: tick)
                kept.removeFirst(consumed)
                if case .wait = action { return words }
                words.append(Self.word(action))
                switch action {
                case .decide where deciding: connection.decided()
                case .refuse, .finish, .close: return words
                default: break
                }
            }
        }

        func decide() -> [String] {
            connection.decided()
            return send("")
        }

        func closeInput() -> [String] {
            connection.inputClosed()
            return send("")
        }

        var requestDeadline: Int? { connection.requestDeadline }

        func giveUp() -> String { Self.word(connection.giveUp(within: bounds, at: tick)) }

        /// The process is to end, and silence is over.
        func drain() -> String {
            connection.drain()
            return Self.word(connection.endSilence())
        }

        /// Lets time pass; says what it wants done and when that was.
        func waitForTimeout(most ticks: Int = 1_000) -> String? {
            for count in 1...ticks {
                tick += 1
                let word = Self.word(connection.tick(at: tick, within: bounds))
                if word != "wait" { return "\(word) after \(count)" }
            }
            return nil
        }

        static func word(_ action: HTTPConnectionState.Action) -> String {
            switch action {
            case .wait: "wait"
            case .keep: "keep"
            case .decide: "decide"
            case .proceed: "proceed"
            case .respond(let field): "respond \(field)"
            case .refuse(let status): "refuse \(status.code)"
            case .finish(let lingers): lingers ? "finish, linger" : "finish"
            case .close: "close"
            }
        }
    }

    @Test func `requests are decided on and answered one after another`() {
        let talk = Talk()
        #expect(talk.send(Stage.get() + Stage.get()) == ["decide", "respond absent", "decide", "respond absent"])
        #expect(talk.send("GET /") == [])
        #expect(talk.send("resolve HTTP/1.0\r\n\r\n") == ["decide", "respond close", "finish"])
        #expect(talk.send(Stage.get()) == [])
    }

    @Test func `nothing is read before the answer is known`() {
        let talk = Talk()
        #expect(talk.send(Stage.get() + Stage.get(), deciding: false) == ["decide"])
        #expect(talk.send("\n", deciding: false) == [])
        #expect(talk.decide() == ["respond absent", "decide", "respond absent", "refuse 400"])
    }

    @Test func `a last answer to a client that has sent more lingers`() {
        let talk = Talk()
        #expect(talk.send("GET /resolve HTTP/1.0\r\n\r\nmore") == ["decide", "respond close", "finish, linger"])
        #expect(talk.send("and more") == [])
        #expect(talk.closeInput() == ["close"])
    }

    @Test func `idle times out after 75 s, silently`() {
        let talk = Talk()
        #expect(talk.waitForTimeout() == "close after 151")
        let other = Talk()
        other.tick = 100
        #expect(other.send(Stage.get()).count == 2)
        #expect(other.waitForTimeout() == "close after 151")
    }

    @Test func `a head times out 10 s after its first byte, whatever comes meanwhile`() {
        let talk = Talk()
        talk.tick = 50
        #expect(talk.send("G") == [])
        talk.tick = 65
        #expect(talk.send("ET /resolve HTTP/1.1\r\n") == [])
        #expect(talk.waitForTimeout() == "refuse 408 after 6")
        #expect(talk.waitForTimeout() == "close after 5")
    }

    @Test func `a body times out, a request that waits for its answer does not`() {
        let talk = Talk()
        #expect(talk.send(Stage.get("/resolve", "Content-Length: 2\r\n") + "x") == ["keep"])
        #expect(talk.waitForTimeout() == "refuse 408 after 21")
        let waiting = Talk()
        #expect(waiting.send(Stage.get("/resolve", "Content-Length: 2\r\n") + "xx", deciding: false) == ["decide"])
        #expect(waiting.waitForTimeout() == nil)
        #expect(waiting.decide() == ["respond absent"])
    }

    @Test func `a client that doesn't read its answers is cut off, whatever else holds`() {
        let talk = Talk()
        #expect(talk.send(Stage.get(), deciding: false) == ["decide"])
        talk.connection.setBlocked(true, within: talk.bounds, at: talk.tick)
        #expect(talk.waitForTimeout() == "close after 121", "as long as a decision may take")
        let other = Talk()
        other.connection.setBlocked(true, within: other.bounds, at: 0)
        other.connection.setBlocked(false, within: other.bounds, at: 0)
        #expect(other.waitForTimeout() == "close after 151")
    }

    @Test func `a client that closes its side is answered what it asked`() {
        let idle = Talk()
        #expect(idle.closeInput() == ["finish"])
        let partial = Talk()
        #expect(partial.send("GET /res") == [])
        #expect(partial.closeInput() == ["finish"])
        let body = Talk()
        #expect(body.send(Stage.get("/resolve", "Content-Length: 2\r\n") + "x") == ["keep"])
        #expect(body.closeInput() == ["close"])
        let waiting = Talk()
        #expect(waiting.send(Stage.get() + Stage.get() + "GET", deciding: false) == ["decide"])
        #expect(waiting.closeInput() == [])
        #expect(waiting.decide() == ["respond absent", "decide", "respond absent", "finish"])
    }

    @Test func `draining closes what is idle and ends the others with their answer`() {
        let idle = Talk()
        #expect(idle.drain() == "close")
        #expect(idle.send(Stage.get()) == [])
        let waiting = Talk()
        #expect(waiting.send(Stage.get() + Stage.get(), deciding: false) == ["decide"])
        #expect(waiting.drain() == "wait")
        #expect(waiting.decide() == ["respond close", "finish, linger"])
        let partial = Talk()
        #expect(partial.send("GET /resolve HTTP/1.1\r\n") == [])
        #expect(partial.drain() == "wait")
        #expect(partial.send("Host: a\r\n\r\n") == ["decide", "respond close", "finish"])
        let next = Talk()
        next.connection.drain()
        #expect(next.send(Stage.get()) == ["decide", "respond close", "finish"])
    }

    @Test func `an incomplete request that is given up is answered, anything else is closed`() {
        let partial = Talk()
        #expect(partial.send("GET /resolve HTTP/1.1\r\n") == [])
        #expect(partial.requestDeadline == 21)
        #expect(partial.giveUp() == "refuse 408")
        let body = Talk()
        #expect(body.send(Stage.get("/resolve", "Content-Length: 2\r\n")) == ["keep"])
        #expect(body.requestDeadline == 21)
        #expect(body.giveUp() == "refuse 408")
        let waiting = Talk()
        #expect(waiting.send(Stage.get(), deciding: false) == ["decide"])
        #expect(waiting.requestDeadline == nil)
        #expect(waiting.giveUp() == "close")
    }

    @Test func `100 is owed once, and only while nothing of the body has come`() {
        let request = Stage.get("/resolve", "Content-Length: 2\r\nExpect: 100-continue\r\n")
        let talk = Talk()
        #expect(talk.send(request) == ["keep", "proceed"])
        #expect(talk.send("x") == [])
        #expect(talk.send("x" + request + "x") == ["decide", "respond absent", "keep"])
        #expect(talk.send("x") == ["decide", "respond absent"])
    }

    @Test func `nothing is decided before the whole request has come`() {
        let talk = Talk()
        let chunked = Stage.get("/resolve", "Transfer-Encoding: chunked\r\n")
        #expect(talk.send(chunked) == ["keep"])
        for part in ["1", "\r\n", "x\r\n", "0\r\n", "A: b\r\n", "\r"] { #expect(talk.send(part) == []) }
        #expect(talk.send("\n" + chunked + "0\r\n\r\n") == ["decide", "respond absent", "decide", "respond absent"])
    }

    @Test func `times are counted in ticks, at least as long as said`() {
        var limits = ConnectionLimits.generous
        limits.idleTimeout = .zero
        limits.headerTimeout = .milliseconds(1)
        limits.bodyTimeout = .milliseconds(1_500)
        limits.writeTimeout = .seconds(1 << 62)
        let bounds = ConnectionBounds(limits)
        #expect(bounds.idleTimeout == 1 && bounds.headerTimeout == 2 && bounds.bodyTimeout == 4)
        #expect(bounds.writeTimeout > 1_000_000)
    }
}
