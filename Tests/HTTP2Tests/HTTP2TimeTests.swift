import Fixtures
import HTTP1
import HTTP2
import Testing

@Suite struct HTTP2TimeTests {
    static let limits: ConnectionLimits = {
        var limits = ConnectionLimits(
            headerBytes: 16 << 10, headerTimeout: .seconds(2), bodyTimeout: .seconds(4), idleTimeout: .seconds(10),
            decisionTimeout: .seconds(6))
        limits.lingerTimeout = .seconds(1)
        return limits
    }()

    @Test func `a connection without requests ends after its time`() {
        let served = ServedClient(Self.limits)
        served.client.request()
        served.settle()
        served.pass(served.bounds.idleTimeout - 1)
        #expect(served.log == ["decide"])
        served.pass(1)
        #expect(served.log == ["decide", "linger"])
        #expect(served.client.goAways.map(\.code) == [0])
        served.pass(served.bounds.lingerTimeout)
        #expect(served.log.last == "close")
    }

    @Test func `a request that waits keeps it`() {
        let served = ServedClient(Self.limits)
        served.answersAtOnce = false
        served.client.request()
        served.settle()
        served.pass(served.bounds.idleTimeout + 5)
        #expect(served.log == ["decide"])
        served.respond(to: served.requests[0].stream)
        served.settle()
        served.pass(served.bounds.idleTimeout - 1)
        #expect(served.log == ["decide"])
    }

    @Test(
        arguments: [
            [], RawFrame.preface.dropLast(), RawFrame.preface + RawFrame.settings + [0, 0],
            RawFrame.preface + RawFrame.settings + RawFrame.bytes(type: 1, flags: 1, stream: 1, [0x82]),
            RawFrame.preface + RawFrame.settings + RawFrame.get(stream: 1).dropLast(),
        ] as [[UInt8]])
    func `a frame or a header list that has begun has its time`(bytes: [UInt8]) {
        let served = ServedClient(Self.limits)
        served.send(bytes)
        _ = served.takeOutput()
        served.pass(served.bounds.headerTimeout - 1)
        #expect(served.log == [])
        served.pass(1)
        #expect(served.log == ["linger"])
    }

    @Test func `frames that are complete have their time each, wherever reads end`() {
        let served = ServedClient(Self.limits)
        served.send(RawFrame.preface + RawFrame.settings)
        let frames = (0..<20).flatMap { RawFrame.get(stream: UInt32(2 * $0 + 1)) }
        let length = frames.count / 20
        served.send(Array(frames[..<5]))
        for number in 0..<19 {
            served.pass(1)
            served.send(Array(frames[(number * length + 5)..<((number + 1) * length + 5)]))
        }
        #expect(served.log == [String](repeating: "decide", count: 19))
    }

    @Test func `a body that does not come is answered 408, and others go on`() {
        let served = ServedClient(Self.limits)
        let id = served.client.request(method: "POST", body: [1], isWhole: false)
        served.settle()
        served.pass(served.bounds.bodyTimeout)
        #expect(served.log == ["refuse 408"])
        #expect(served.client.answer(id).status == 408)
        #expect(served.streamCount == 0)
        let other = served.client.request()
        served.settle()
        #expect(served.client.answer(other).status == 200)
    }

    @Test func `a client that is told of the end has its requests answered first`() {
        let served = ServedClient(Self.limits)
        served.answersAtOnce = false
        let id = served.client.request()
        served.settle()
        served.drain()
        served.settle()
        #expect(served.client.goAways.map(\.last) == [.max])
        served.endSilence()
        served.settle()
        #expect(served.client.goAways.map(\.last) == [.max, id])
        #expect(served.log == ["decide"])
        served.respond(to: served.requests[0].stream)
        served.settle()
        #expect(served.client.answer(id).status == 200)
        #expect(served.log == ["decide", "linger"])
    }

    @Test func `a client that sends no more has its answers, and what is not whole is given up`() {
        let served = ServedClient(Self.limits)
        served.answersAtOnce = false
        let whole = served.client.request()
        let half = served.client.request(method: "POST", body: [1], isWhole: false)
        served.settle()
        served.inputClosed()
        #expect(served.client.answer(half).reset == 8)
        served.respond(to: served.requests[0].stream)
        served.settle()
        #expect(served.client.answer(whole).status == 200)
        #expect(served.log.last == "finish")
    }

    @Test func `an answer for which no window is opened does not stay`() {
        let served = ServedClient(Self.limits, isRaw: true)
        served.answersAtOnce = false
        // An initial window of nothing.
        served.send(
            RawFrame.preface + RawFrame.bytes(type: 4, [0, 4] + RawFrame.word(0)) + RawFrame.get(stream: 1))
        served.respond(to: served.requests[0].stream, body: [1, 2, 3], trailers: "grpc-status: 0\r\n")
        _ = served.takeOutput()
        #expect(served.streamCount == 1)
        served.pass(served.bounds.writeTimeout)
        #expect(served.streamCount == 0)
    }

    @Test func `a connection counts, and each of its streams, until its answer has left`() {
        let served = ServedClient(Self.limits)
        served.send(RawFrame.preface + RawFrame.settings)
        let idle = served.memory
        #expect(idle >= 16 << 10)
        served.answersAtOnce = false
        for number in 0..<100 { served.send(RawFrame.get(stream: UInt32(2 * number + 1))) }
        #expect(served.memory >= idle + 100 << 10)
        let answer = "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 10_000))\r\n\r\n"
        for request in served.requests { served.respond(to: request.stream, answer) }
        #expect(served.memory >= idle + 1_000_000)
        _ = served.takeOutput()
        #expect(served.memory < idle + 10 << 10)
    }

    @Test(arguments: [false, true])
    func `a request whose header list still comes is given up alone, and the rest of its list is passed over`(
        isSentFirst: Bool
    ) {
        let served = ServedClient(Self.limits)
        served.send(RawFrame.preface + RawFrame.settings)
        // HEADERS without END_HEADERS.
        served.send(RawFrame.bytes(type: 1, flags: 1, stream: 1, [0x82, 0x84, 0x86]))
        served.giveUpIncomplete()
        if isSentFirst { _ = served.takeOutput() }
        served.send(RawFrame.bytes(type: 9, flags: 4, stream: 1, [0x41, 1, UInt8(ascii: "a")]))
        #expect(served.log == ["refuse 408"])
        _ = served.takeOutput()
        #expect(served.streamCount == 0)
        served.send(RawFrame.get(stream: 3))
        _ = served.takeOutput()
        #expect(served.log == ["refuse 408", "decide"])
        #expect(served.requests[0].lines.contains("a"))
        #expect(served.streamCount == 0)
    }

    @Test func `what it holds is given up when it is needed elsewhere`() {
        let served = ServedClient(Self.limits)
        let half = served.client.request(method: "POST", [("cookie", "a=1")], body: [1], isWhole: false)
        served.settle()
        #expect(served.memory > 0)
        served.giveUp()
        served.settle()
        #expect(served.client.answer(half).reset == 11)
        #expect(served.log.last == "linger")
    }
}
