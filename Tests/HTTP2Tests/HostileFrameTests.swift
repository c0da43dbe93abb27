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

    @Test func `who resets too much takes no other's request along`() {
        let served = ServedClient()
        served.answersAtOnce = false
        served.send(RawFrame.preface + RawFrame.settings + RawFrame.get(stream: 1))
        for number in 1...1_000 { served.send(RawFrame.reset(stream: UInt32(2 * number + 1))) }
        #expect(served.goAwayCode() == 11)
        served.send(RawFrame.get(stream: 2_003))
        #expect(served.requests.count == 1_001)
        #expect(served.streamCount == 1)
        #expect(!served.log.contains("linger"))
        served.respond(to: served.requests[0].stream)
        #expect(served.takeFrames().contains { $0.type == 1 && $0.stream == 1 })
        served.send([])
        #expect(served.log.last == "linger")
    }

    @Test func `who goes on with it after that is left`() {
        let served = ServedClient()
        served.answersAtOnce = false
        served.send(RawFrame.preface + RawFrame.settings + RawFrame.get(stream: 1))
        for number in 1..<10_000 { served.send(RawFrame.reset(stream: UInt32(2 * number + 1))) }
        _ = served.takeOutput()
        served.send([])
        #expect(!served.log.contains("linger"))
        served.send(RawFrame.reset(stream: 20_001))
        _ = served.takeOutput()
        served.send([])
        #expect(served.log.last == "linger")
    }

    /// A field of 3,900 bytes that goes into the table, and references to it (RFC 7541 sections 6.1 and 6.2.1).
    private static func references(_ count: Int) -> [UInt8] {
        [0x40, 1, 0x78, 0x7F, 0xBD, 0x1D] + [UInt8](repeating: 0x61, count: 3_900)
            + [UInt8](repeating: 0xBE, count: count)
    }

    @Test(arguments: [(10, true), (60, false)])
    func `of a list that is far too long the rest is not looked at`(count: Int, isAnswered: Bool) {
        let served = ServedClient(HTTP2TimeTests.limits)
        let list = [0x82, 0x84, 0x86, 0x41, 1, 0x61] + Self.references(count)
        served.send(
            RawFrame.preface + RawFrame.settings + RawFrame.bytes(type: 1, flags: 5, stream: 1, list))
        let resets = served.takeFrames().filter { $0.type == 3 }.map(\.payload.last)
        // INTERNAL_ERROR
        #expect(resets == (isAnswered ? [] : [2]))
        served.send(RawFrame.get(stream: 3))
        #expect(served.log == [isAnswered ? "refuse 431" : "forget", "decide"])
    }

    @Test func `nor of trailers, of which nothing is kept`() {
        let served = ServedClient(HTTP2TimeTests.limits)
        served.send(
            RawFrame.preface + RawFrame.settings
                + RawFrame.bytes(type: 1, flags: 4, stream: 1, [0x83, 0x84, 0x86, 0x41, 1, 0x61])
                + RawFrame.bytes(type: 1, flags: 5, stream: 1, Self.references(60)))
        #expect(served.takeFrames().filter { $0.type == 3 }.map(\.payload.last) == [2])
        #expect(!served.log.contains("decide"))
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
        takeFrames().last { $0.type == 7 }.map { $0.payload[4..<8].reduce(0) { $0 << 8 | UInt32($1) } }
    }

    /// The frames that leave now.
    func takeFrames() -> [(type: UInt8, stream: Int, payload: [UInt8])] {
        var (rest, frames) = (takeOutput()[...], [(type: UInt8, stream: Int, payload: [UInt8])]())
        while rest.count >= 9 {
            let header = Array(rest.prefix(9))
            let length = header[..<3].reduce(0) { $0 << 8 | Int($1) }
            let payload = Array(rest.dropFirst(9).prefix(length))
            frames.append((header[3], header[5...].reduce(0) { $0 << 8 | Int($1) }, payload))
            rest = rest.dropFirst(9 + length)
        }
        return frames
    }
}
