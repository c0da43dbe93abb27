import Bytes
import HTTP1
import HTTP2
import Testing

/// Frames in whatever pieces they come.
@Suite struct PieceTests {
    /// A header list in two frames: `:method`, `:path` and `:scheme` in the first, `:authority` in the second.
    private static let continued: [UInt8] = [
        0, 0, 3, 1, 1, 0, 0, 0, 1, 0x82, 0x84, 0x86, 0, 0, 3, 9, 4, 0, 0, 0, 1, 0x41, 1, 0x61,
    ]

    @Test(arguments: [1, 2, 5, 7, 9, 1_000], [false, true])
    func `a request is the same in whatever pieces its frames come`(piece: Int, isRaw: Bool) {
        let lines =
            isRaw
            ? ":method:GET\r\n:path:/\r\n:scheme:http\r\n:authority:a\r\n" : "\r\n:method:GET\r\n:path:/\r\n"
        #expect(requests(Self.continued, piece: piece, isRaw: isRaw) == [lines])
    }

    private func requests(_ frames: [UInt8], piece: Int, isRaw: Bool) -> [String] {
        let bounds = ConnectionBounds(
            ConnectionLimits(
                headerBytes: 4_096, headerTimeout: .seconds(1), bodyTimeout: .seconds(1), idleTimeout: .seconds(1),
                decisionTimeout: .seconds(1)))
        var state = HTTP2ConnectionState(bounds, at: 0, isRaw: isRaw)
        let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
        let bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings + frames
        var (requests, rest) = ([String](), bytes[...])
        while !rest.isEmpty {
            var part = Array(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            advancing: while true {
                let (action, consumed) = state.advance(over: part.span.bytes, within: bounds, at: 0, now: 0)
                part.removeFirst(consumed)
                switch action {
                case .decide:
                    requests.append(String(decoding: [UInt8](copying: state.lines), as: UTF8.self))
                case .wait: break advancing
                default: requests.append("\(action)"); break advancing
                }
                while state.withNextOutput({ _ in }) {}
            }
        }
        return requests
    }
}
