import Bytes
import HTTP1
import HTTP2

extension FuzzTarget {
    /// Whatever comes on an HTTP/2 connection, and in whatever pieces, the same requests are decided on, and bounds are kept.
    static let http2 = FuzzTarget(name: "http2") { input in
        let bytes =
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + [UInt8](copying: input)
        for isRaw in [false, true] {
            let atOnce = requests(bytes, piece: bytes.count, isRaw: isRaw)
            expect(requests(bytes, piece: 1, isRaw: isRaw) == atOnce, "requests are the same byte by byte")
            expect(requests(bytes, piece: 7, isRaw: isRaw) == atOnce, "requests are the same in pieces")
        }
    }

    /// The lines of the requests that are decided on, each answered at once.
    private static func requests(_ bytes: [UInt8], piece: Int, isRaw: Bool) -> [[UInt8]] {
        let bounds = ConnectionBounds(
            ConnectionLimits(
                headerBytes: 4_096, headerTimeout: .seconds(1), bodyTimeout: .seconds(1), idleTimeout: .seconds(1),
                decisionTimeout: .seconds(1)))
        var state = HTTP2ConnectionState(bounds, at: 0, isRaw: isRaw)
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        var (requests, rest) = ([[UInt8]](), bytes[...])
        while !rest.isEmpty {
            var part = Array(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            advancing: while true {
                let (action, consumed) = state.advance(over: part.span.bytes, within: bounds, at: 0, now: 0)
                part.removeFirst(consumed)
                switch action {
                case .decide(let stream, _):
                    requests.append([UInt8](copying: state.lines) + state.takeBody(of: stream))
                    state.respond(to: stream, with: answer.span.bytes, within: bounds, at: 0)
                case .refuse(let stream, _): state.respond(to: stream, with: answer.span.bytes, within: bounds, at: 0)
                case .forget: break
                case .wait: break advancing
                case .finish, .close: return requests
                }
                while state.withNextOutput({ _ in }) {}
                expect(state.streamCount <= 1_024, "no more streams are open than may be")
            }
        }
        return requests
    }
}
