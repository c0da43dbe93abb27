import Fixtures
import Testing

/// Each type of frame with each thing that can be wrong with it (RFC 9113 sections 4 to 8, RFC 7541), and what it is answered with.
@Suite struct FrameTableTests {
    /// What a client is told.
    enum Answer: Equatable, CustomStringConvertible {
        /// GOAWAY with a code, after which nothing more is read.
        case connection(UInt32)
        /// RST_STREAM with a code, for a stream; the connection goes on.
        case stream(UInt32, UInt32)
        /// Nothing: it is skipped.
        case nothing
        /// The request on stream 1 is decided on.
        case decided

        var description: String {
            switch self {
            case .connection(let code): "GOAWAY \(code)"
            case .stream(let id, let code): "RST_STREAM \(code) of \(id)"
            case .nothing: "nothing"
            case .decided: "decided"
            }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// What comes behind the preface and the settings.
        let frames: [UInt8]
        let answer: Answer

        init(_ name: String, _ frames: [UInt8], _ answer: Answer) {
            (self.name, self.frames, self.answer) = (name, frames, answer)
        }

        var testDescription: String { name }
    }

    // The codes of RFC 9113 section 7.
    static let (none, protocolError, flowControl, closed, size, compression) =
        (0, 1, 3, 5, 6, 9)
        as (
            UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
        )

    static func data(_ stream: UInt32, flags: UInt8 = 0, _ payload: [UInt8] = [7]) -> [UInt8] {
        RawFrame.bytes(type: 0, flags: flags, stream: stream, payload)
    }

    /// A header list in indexed fields: GET, or POST, of `/`, and an authority.
    static let get: [UInt8] = [0x82, 0x84, 0x86, 0x41, 1, 0x61]
    static let post: [UInt8] = [0x83, 0x84, 0x86, 0x41, 1, 0x61]

    static func headers(_ stream: UInt32 = 1, flags: UInt8 = 5, _ block: [UInt8] = get) -> [UInt8] {
        RawFrame.bytes(type: 1, flags: flags, stream: stream, block)
    }

    /// A field, as a literal without indexing (RFC 7541 section 6.2.2).
    static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
    }

    /// A request with fields behind the usual ones.
    static func request(_ fields: (String, String)..., flags: UInt8 = 5, list: [UInt8] = get) -> [UInt8] {
        headers(1, flags: flags, list + fields.flatMap { literal($0, $1) })
    }

    private static func settings(_ id: UInt8, _ value: UInt32) -> [UInt8] {
        RawFrame.bytes(type: 4, [0, id] + RawFrame.word(value))
    }

    static let dataRows = [
        Row("DATA on stream 0", data(0), .connection(protocolError)),
        Row("DATA on an idle stream", data(1), .connection(protocolError)),
        Row("DATA on an even stream", data(2), .connection(protocolError)),
        Row("DATA behind the end of its stream", headers() + data(1), .connection(closed)),
        Row(
            "DATA padded by more than it has", headers(flags: 4, post) + data(1, flags: 8, [9, 1]),
            .connection(protocolError)),
        Row("DATA padded, without a length", headers(flags: 4, post) + data(1, flags: 8, []), .connection(size)),
        Row("DATA padded", headers(flags: 4, post) + data(1, flags: 9, [1, 7, 0]), .decided),
        Row(
            "DATA of more than a content length",
            request(("content-length", "1"), flags: 4, list: post) + data(1, flags: 1, [1, 2]),
            .stream(1, protocolError)),
        Row(
            "DATA of less than a content length",
            request(("content-length", "3"), flags: 4, list: post) + data(1, flags: 1, [1, 2]),
            .stream(1, protocolError)),
        Row("a content length and no DATA", request(("content-length", "3")), .stream(1, protocolError)),
        Row(
            "DATA of a content length",
            request(("content-length", "2"), flags: 4, list: post) + data(1, flags: 1, [1, 2]), .decided),
        Row("a frame above the announced size", data(1, [UInt8](repeating: 0, count: 16_385)), .connection(size)),
    ]

    static let headerRows = [
        Row("HEADERS on stream 0", headers(0), .connection(protocolError)),
        Row("HEADERS on an even stream", headers(2), .connection(protocolError)),
        Row("HEADERS on a stream that has ended", headers() + headers(), .connection(closed)),
        Row(
            "HEADERS on a lower stream that was opened, and is closed",
            headers(1) + RawFrame.bytes(type: 3, stream: 1, RawFrame.word(8)) + headers(3)
                + RawFrame.bytes(type: 3, stream: 3, RawFrame.word(8)) + headers(1), .nothing),
        Row("HEADERS on a lower stream", headers(5) + headers(3), .connection(protocolError)),
        Row("HEADERS padded by more than it has", headers(flags: 0xD, [9, 0x82]), .connection(protocolError)),
        Row("HEADERS padded, without a length", headers(flags: 0xD, []), .connection(size)),
        Row("HEADERS padded", headers(flags: 0xD, [2] + get + [0, 0]), .decided),
        Row("HEADERS with a priority that is cut off", headers(flags: 0x25, [0, 0, 0]), .connection(size)),
        // Of RFC 7540: RFC 9113 has no dependencies.
        Row(
            "HEADERS that depend on themselves", headers(flags: 0x25, RawFrame.word(1) + [0] + get),
            .connection(protocolError)),
        Row("HEADERS with a priority", headers(flags: 0x25, RawFrame.word(3) + [0] + get), .decided),
        Row(
            "trailers that do not end the stream", headers(flags: 4, post) + headers(flags: 4, literal("a", "b")),
            .stream(1, protocolError)),
        Row(
            "trailers with a pseudo-field", headers(flags: 4, post) + headers(flags: 5, [0x84]),
            .stream(1, protocolError)),
        Row("trailers", headers(flags: 4, post) + headers(flags: 5, literal("a", "b")), .decided),
    ]

    static let listRows = [
        Row("a name in upper case", request(("A", "b")), .stream(1, protocolError)),
        Row("a name with a space", request(("a b", "c")), .stream(1, protocolError)),
        Row("a name with a colon", request(("a:b", "c")), .stream(1, protocolError)),
        Row("an empty name", request(("", "c")), .stream(1, protocolError)),
        Row("a line break in a value", request(("a", "b\r\nc")), .stream(1, protocolError)),
        Row("a zero byte in a value", request(("a", "b\0c")), .stream(1, protocolError)),
        Row("a space before a value", request(("a", " b")), .stream(1, protocolError)),
        Row("a space behind a value", request(("a", "b ")), .stream(1, protocolError)),
        Row("no method", headers(1, [0x84, 0x86]), .stream(1, protocolError)),
        Row("no path", headers(1, [0x82, 0x86]), .stream(1, protocolError)),
        Row("no scheme", headers(1, [0x82, 0x84]), .stream(1, protocolError)),
        Row("an empty path", headers(1, [0x82, 0x86] + literal(":path", "")), .stream(1, protocolError)),
        Row("two methods", headers(1, [0x82, 0x83, 0x84, 0x86]), .stream(1, protocolError)),
        Row("two paths", headers(1, [0x82, 0x84, 0x85, 0x86]), .stream(1, protocolError)),
        Row("two schemes", headers(1, [0x82, 0x84, 0x86, 0x87]), .stream(1, protocolError)),
        Row("a pseudo-field of answers", headers(1, [0x82, 0x84, 0x86, 0x88]), .stream(1, protocolError)),
        Row("a pseudo-field that is none", request((":x", "y")), .stream(1, protocolError)),
        Row(
            "a pseudo-field behind a field", headers(1, [0x82, 0x86] + literal("a", "b") + [0x84]),
            .stream(1, protocolError)),
        Row("connection", request(("connection", "close")), .stream(1, protocolError)),
        Row("keep-alive", request(("keep-alive", "1")), .stream(1, protocolError)),
        Row("proxy-connection", request(("proxy-connection", "x")), .stream(1, protocolError)),
        Row("transfer-encoding", request(("transfer-encoding", "chunked")), .stream(1, protocolError)),
        Row("upgrade", request(("upgrade", "h2c")), .stream(1, protocolError)),
        Row("te that is not trailers", request(("te", "gzip")), .stream(1, protocolError)),
        Row("te of trailers", request(("te", "trailers")), .decided),
        Row("a content length that is none", request(("content-length", "x")), .stream(1, protocolError)),
        Row(
            "two content lengths", request(("content-length", "0"), ("content-length", "0")), .stream(1, protocolError)),
        Row(
            "CONNECT with a path", headers(1, literal(":method", "CONNECT") + [0x84, 0x86]), .stream(1, protocolError)),
        Row("no authority", headers(1, [0x82, 0x84, 0x86]), .stream(1, protocolError)),
        Row("a host in place of the authority", headers(1, [0x82, 0x84, 0x86] + literal("host", "a")), .decided),
    ]

    static let compressionRows = [
        Row("the index 0", headers(1, [0x80]), .connection(compression)),
        Row("an index beyond the tables", headers(1, [0xFF, 0x20]), .connection(compression)),
        Row("a name's index beyond the tables", headers(1, [0x0F, 0x7F, 1, 0x61]), .connection(compression)),
        Row("an index that does not end", headers(1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), .connection(compression)),
        Row(
            "an index that overflows", headers(1, [0xFF] + [UInt8](repeating: 0xFF, count: 10) + [1]),
            .connection(compression)),
        Row("text longer than the block", headers(1, [0x82, 0x84, 0x86, 0x00, 0x05, 0x61]), .connection(compression)),
        Row("text without a length", headers(1, [0x82, 0x84, 0x86, 0x00]), .connection(compression)),
        Row(
            "the end of strings within Huffman's code",
            headers(1, [0x82, 0x84, 0x86, 0x00, 0x84, 0xFF, 0xFF, 0xFF, 0xFC, 1, 0x61]), .connection(compression)),
        Row(
            "padding of Huffman's code that is not of ones", headers(1, [0x82, 0x84, 0x86, 0x00, 0x81, 0x18, 1, 0x61]),
            .connection(compression)),
        Row(
            "padding of Huffman's code of a whole byte",
            headers(1, [0x82, 0x84, 0x86, 0x00, 0x82, 0x1F, 0xFF, 1, 0x61]), .connection(compression)),
        Row("a table larger than allowed", headers(1, [0x3F, 0xE2, 0x1F] + get), .connection(compression)),
        Row("a table's size behind a field", headers(1, [0x82, 0x20, 0x84, 0x86]), .connection(compression)),
        Row("a table's size", headers(1, [0x20] + get), .decided),
    ]

    static let otherRows = [
        Row("PRIORITY on stream 0", RawFrame.bytes(type: 2, RawFrame.word(3) + [0]), .connection(protocolError)),
        // RFC 9113 section 6.3 wants no more than an error of the stream.
        Row("PRIORITY of a wrong length", RawFrame.bytes(type: 2, stream: 1, [0, 0, 0, 3]), .connection(size)),
        Row(
            "PRIORITY that depends on itself", RawFrame.bytes(type: 2, stream: 1, RawFrame.word(1) + [0]),
            // Priorities are not kept (RFC 9113 section 5.3.2).
            .nothing),
        Row(
            "PRIORITY on an idle stream", RawFrame.bytes(type: 2, stream: 9, RawFrame.word(1) + [0]) + headers(),
            .decided),
        Row("RST_STREAM on stream 0", RawFrame.bytes(type: 3, RawFrame.word(8)), .connection(protocolError)),
        Row(
            "RST_STREAM on an idle stream", RawFrame.bytes(type: 3, stream: 9, RawFrame.word(8)),
            .connection(protocolError)),
        Row(
            "RST_STREAM of a wrong length", headers(flags: 4, post) + RawFrame.bytes(type: 3, stream: 1, [1]),
            .connection(size)),
        Row(
            "RST_STREAM on a stream that has ended", headers() + RawFrame.bytes(type: 3, stream: 1, RawFrame.word(8)),
            .decided),
        Row("SETTINGS on a stream", RawFrame.bytes(type: 4, stream: 1), .connection(protocolError)),
        Row("SETTINGS of a broken length", RawFrame.bytes(type: 4, [1, 2, 3]), .connection(size)),
        Row(
            "an acknowledgement with settings", RawFrame.bytes(type: 4, flags: 1, [0, 1, 0, 0, 0, 0]), .connection(size)
        ),
        Row("ENABLE_PUSH of 2", settings(2, 2), .connection(protocolError)),
        Row("an initial window that is too large", settings(4, 1 << 31), .connection(flowControl)),
        Row("a frame size that is too small", settings(5, 16_383), .connection(protocolError)),
        Row("a frame size that is too large", settings(5, 1 << 24), .connection(protocolError)),
        Row("a setting that nobody knows", settings(0x77, 1) + headers(), .decided),
        Row(
            "PUSH_PROMISE of a client", RawFrame.bytes(type: 5, flags: 4, stream: 1, [0, 0, 0, 2] + get),
            .connection(protocolError)),
        Row(
            "PING on a stream", RawFrame.bytes(type: 6, stream: 1, [UInt8](repeating: 0, count: 8)),
            .connection(protocolError)),
        Row("PING of a wrong length", RawFrame.bytes(type: 6, [UInt8](repeating: 0, count: 7)), .connection(size)),
        Row(
            "an acknowledgement of no PING",
            RawFrame.bytes(type: 6, flags: 1, [UInt8](repeating: 0, count: 8)) + headers(), .decided),
        Row(
            "GOAWAY on a stream", RawFrame.bytes(type: 7, stream: 1, [UInt8](repeating: 0, count: 8)),
            .connection(protocolError)),
        Row("GOAWAY of a wrong length", RawFrame.bytes(type: 7, [0, 0, 0]), .connection(size)),
        Row("WINDOW_UPDATE of a wrong length", RawFrame.bytes(type: 8, [0]), .connection(size)),
        Row("a window of nothing", RawFrame.bytes(type: 8, RawFrame.word(0)), .connection(protocolError)),
        Row(
            "a window that overflows", RawFrame.bytes(type: 8, RawFrame.word(UInt32(Int32.max))),
            .connection(flowControl)),
        Row(
            "WINDOW_UPDATE on an idle stream", RawFrame.bytes(type: 8, stream: 9, RawFrame.word(1)),
            .connection(protocolError)),
        Row(
            "a stream's window of nothing",
            headers(flags: 4, post) + RawFrame.bytes(type: 8, stream: 1, RawFrame.word(0)), .stream(1, protocolError)),
        Row(
            "a stream's window that overflows",
            headers(flags: 4, post) + RawFrame.bytes(type: 8, stream: 1, RawFrame.word(UInt32(Int32.max))),
            .stream(1, flowControl)),
        Row(
            "WINDOW_UPDATE on a stream that has ended",
            headers() + RawFrame.bytes(type: 8, stream: 1, RawFrame.word(1)), .decided),
        Row("CONTINUATION alone", RawFrame.bytes(type: 9, flags: 4, stream: 1, get), .connection(protocolError)),
        Row(
            "CONTINUATION on stream 0", headers(flags: 1, [0x82]) + RawFrame.bytes(type: 9, flags: 4, [0x84]),
            .connection(protocolError)),
        Row(
            "CONTINUATION of another stream",
            headers(flags: 1, [0x82]) + RawFrame.bytes(type: 9, flags: 4, stream: 3, [0x84]), .connection(protocolError)
        ),
        Row(
            "CONTINUATION behind a list that has ended",
            headers() + RawFrame.bytes(type: 9, flags: 4, stream: 1, [0x84]), .connection(protocolError)),
        Row(
            "CONTINUATION",
            headers(flags: 1, [0x82]) + RawFrame.bytes(type: 9, flags: 4, stream: 1, Array(get.dropFirst())), .decided),
        Row("a frame within a header list", headers(flags: 1, [0x82]) + RawFrame.settings, .connection(protocolError)),
        Row(
            "an unknown frame within a header list", headers(flags: 1, [0x82]) + RawFrame.bytes(type: 0xBE, stream: 1),
            .connection(protocolError)),
        Row(
            "HEADERS of another stream within a header list", headers(flags: 1, [0x82]) + headers(3),
            .connection(protocolError)),
        Row("an unknown frame", RawFrame.bytes(type: 0xBE, flags: 0xFF, stream: 7, [1, 2, 3]) + headers(), .decided),
        Row("flags that nobody knows", headers(flags: 0xD5), .decided),
    ]

    /// What came of it.
    private func answers(_ row: Row, piece: Int, isRaw: Bool) -> [Answer] {
        let served = ServedClient(isRaw: isRaw)
        served.piece = piece
        served.answersAtOnce = false
        served.send(RawFrame.preface + RawFrame.settings + row.frames)
        var found: [Answer] = []
        var rest = served.takeOutput()[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let payload = Array(rest.dropFirst(9).prefix(length))
            let stream = head[5..<9].reduce(0) { $0 << 8 | UInt32($1) }
            if head[3] == 3 { found.append(.stream(stream, payload.reduce(0) { $0 << 8 | UInt32($1) })) }
            if head[3] == 7 { found.append(.connection(payload[4..<8].reduce(0) { $0 << 8 | UInt32($1) })) }
            rest = rest.dropFirst(9 + length)
        }
        let decided = served.log.filter { $0 == "decide" }.count
        if found.isEmpty { found = [decided == 1 ? .decided : .nothing] }
        // After the last frame nothing is read.
        served.send(RawFrame.bytes(type: 6, [UInt8](repeating: 1, count: 8)))
        let pong = served.takeOutput()
        if case .connection = found.last {
            #expect(pong == [], "\(row.name)")
        } else {
            #expect(pong.count == 17, "\(row.name): the connection goes on")
        }
        return found
    }

    @Test(arguments: dataRows + headerRows + listRows + compressionRows + otherRows)
    func `a frame has the answer of RFC 9113, in whatever pieces it comes`(row: Row) {
        for piece in [Int.max, 1, 7] {
            for isRaw in [false, true] { #expect(answers(row, piece: piece, isRaw: isRaw) == [row.answer]) }
        }
    }
}
