import Fixtures
import HTTP1
import HTTP2
import Testing

@Suite struct HostileFrameTests {
    /// Frames that RFC 9113 forbids, with the code of the GOAWAY that they are answered with (section 7).
    static let connectionErrors: [(String, [UInt8], UInt32)] = [
        ("DATA on stream 0", RawFrame.bytes(type: 0, [1]), 1),
        ("HEADERS on stream 0", RawFrame.bytes(type: 1, flags: 5, [0x82]), 1),
        ("HEADERS on an even stream", RawFrame.bytes(type: 1, flags: 5, stream: 2, [0x82]), 1),
        ("a block that is no HPACK", RawFrame.bytes(type: 1, flags: 5, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), 9),
        ("padding longer than the frame", RawFrame.bytes(type: 1, flags: 0xD, stream: 1, [9, 0x82]), 1),
        ("RST_STREAM on stream 0", RawFrame.bytes(type: 3, RawFrame.word(8)), 1),
        ("RST_STREAM on an idle stream", RawFrame.bytes(type: 3, stream: 9, RawFrame.word(8)), 1),
        ("a short RST_STREAM", RawFrame.bytes(type: 3, stream: 1, [1]), 6),
        ("SETTINGS on a stream", RawFrame.bytes(type: 4, stream: 1), 1),
        ("SETTINGS of a broken length", RawFrame.bytes(type: 4, [1, 2, 3]), 6),
        ("an acknowledgement with settings", RawFrame.bytes(type: 4, flags: 1, [0, 1, 0, 0, 0, 0]), 6),
        ("an initial window that is too large", RawFrame.bytes(type: 4, [0, 4] + RawFrame.word(1 << 31)), 3),
        ("a frame size that is too small", RawFrame.bytes(type: 4, [0, 5] + RawFrame.word(1)), 1),
        ("PUSH_PROMISE of a client", RawFrame.bytes(type: 5, flags: 4, stream: 1, [0, 0, 0, 2, 0x82]), 1),
        ("PING on a stream", RawFrame.bytes(type: 6, stream: 1, [UInt8](repeating: 0, count: 8)), 1),
        ("a short PING", RawFrame.bytes(type: 6, [0]), 6),
        ("GOAWAY on a stream", RawFrame.bytes(type: 7, stream: 1, [UInt8](repeating: 0, count: 8)), 1),
        ("a window of nothing", RawFrame.bytes(type: 8, RawFrame.word(0)), 1),
        ("a window that overflows", RawFrame.bytes(type: 8, RawFrame.word(UInt32(Int32.max))), 3),
        ("a short WINDOW_UPDATE", RawFrame.bytes(type: 8, [0]), 6),
        ("CONTINUATION alone", RawFrame.bytes(type: 9, flags: 4, stream: 1, [0x82]), 1),
        ("a frame within a header list", RawFrame.bytes(type: 1, flags: 1, stream: 1, [0x82]) + RawFrame.settings, 1),
        ("a large frame", RawFrame.bytes(type: 1, flags: 5, stream: 1, [UInt8](repeating: 0, count: 16_385)), 6),
    ]

    @Test(arguments: connectionErrors.indices)
    func `a frame that may not be ends the connection with its code`(number: Int) {
        let (name, frames, code) = Self.connectionErrors[number]
        let served = ServedClient()
        served.client.receive([])
        _ = served.client.output()
        served.send(RawFrame.preface + RawFrame.settings + frames)
        #expect(served.goAwayCode() == code, "\(name)")
        served.send([])
        #expect(served.log.last == "linger", "\(name)")
        served.send(RawFrame.get(stream: 101))
        #expect(served.takeOutput() == [], "\(name)")
    }

    @Test func `what a later version may bring is skipped`() {
        let served = ServedClient()
        served.send(
            RawFrame.preface + RawFrame.settings + RawFrame.bytes(type: 0xBE, flags: 0xFF, stream: 1, [1, 2, 3])
                + RawFrame.bytes(type: 4, [0, 0x77, 0, 0, 0, 1]) + RawFrame.get(stream: 1))
        #expect(served.log == ["decide"])
        // Nor is a request taken on a stream whose number goes back.
        served.send(RawFrame.get(stream: 5) + RawFrame.get(stream: 3))
        #expect(served.log == ["decide", "decide"])
        #expect(served.goAwayCode() == nil)
    }

    @Test(arguments: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r!", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
    func `what is no preface ends the connection`(text: String) {
        let served = ServedClient()
        served.send(Array(text.utf8))
        #expect(served.log == ["linger"])
    }

    @Test func `the thousandth reset in a second ends the connection, and no request of it is left`() {
        let served = ServedClient()
        served.send(RawFrame.preface + RawFrame.settings)
        for number in 0..<999 {
            let id = UInt32(2 * number + 1)
            served.send(RawFrame.get(stream: id) + RawFrame.bytes(type: 3, stream: id, RawFrame.word(8)))
        }
        #expect(served.goAwayCode() == nil)
        served.send(RawFrame.get(stream: 1_999) + RawFrame.bytes(type: 3, stream: 1_999, RawFrame.word(8)))
        // ENHANCE_YOUR_CALM
        #expect(served.goAwayCode() == 11)
        #expect(served.streamCount == 0)
    }

    @Test func `as many resets in more time are none too many`() {
        let served = ServedClient()
        served.send(RawFrame.preface + RawFrame.settings)
        for number in 0..<5_000 {
            served.now += 2_000_000
            let id = UInt32(2 * number + 1)
            served.send(RawFrame.get(stream: id) + RawFrame.bytes(type: 3, stream: id, RawFrame.word(8)))
        }
        #expect(served.goAwayCode() == nil)
    }

    @Test func `requests that this side has to reset count as well`() {
        let served = ServedClient()
        served.send(RawFrame.preface + RawFrame.settings)
        for number in 0..<1_100 {
            // A window that overflows is an error of its stream (RFC 9113 section 6.9.1).
            let id = UInt32(2 * number + 1)
            served.send(
                RawFrame.bytes(type: 1, flags: 4, stream: id, [0x83, 0x84, 0x86, 0x41, 1, 0x61])
                    + RawFrame.bytes(type: 8, stream: id, RawFrame.word(UInt32(Int32.max))))
            if served.goAwayCode() == 11 { return }
        }
        Issue.record("no end to it")
    }

    @Test func `no more than the announced streams are open at once`() {
        let served = ServedClient()
        served.answersAtOnce = false
        served.client.request()
        served.settle()
        for number in 1..<1_024 { served.send(RawFrame.get(stream: UInt32(2 * number + 1))) }
        #expect(served.streamCount == 1_024)
        #expect(served.goAwayCode() == nil)
        served.send(RawFrame.get(stream: 2_049))
        #expect(served.streamCount <= 1_024)
        #expect(served.requests.count == 1_024)
    }
}

extension ServedClient {
    /// The code of the GOAWAY among what leaves now; nil when there is none.
    func goAwayCode() -> UInt32? {
        var (rest, code) = (takeOutput()[...], nil as UInt32?)
        while rest.count >= 9 {
            let start = rest.startIndex
            let length = Int(rest[start]) << 16 | Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            if rest[start + 3] == 7 { code = rest[(start + 13)..<(start + 17)].reduce(0) { $0 << 8 | UInt32($1) } }
            rest = rest.dropFirst(9 + length)
        }
        return code
    }
}
