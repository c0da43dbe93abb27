import Bytes
import Fixtures
import HTTP1
import HTTP2

/// A client and the state of its connection, which speak with each other without sockets; the test answers.
final class ServedClient {
    let client = HTTP2Client()
    let bounds: ConnectionBounds
    private var state: HTTP2ConnectionState
    var tick = 0
    var now: Int64 = 0
    /// What was to be done, in words.
    private(set) var log: [String] = []
    /// Whether a request is answered as soon as it has come.
    var answersAtOnce = true
    /// The requests that were to be decided on, by their streams' numbers.
    private(set) var requests: [(stream: Int, head: RequestHead, lines: String, body: [UInt8])] = []
    private var isByHand = false
    /// In which pieces the client's bytes come.
    var piece = Int.max

    static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: value\r\nDate: now\r\n\r\n"

    init(_ limits: ConnectionLimits = .generous, isRaw: Bool = false) {
        bounds = ConnectionBounds(limits)
        state = HTTP2ConnectionState(bounds, at: 0, isRaw: isRaw)
    }

    /// Has what the client says come, and what is answered go, until there is nothing more.
    func settle() {
        if isByHand { _ = takeOutput() }
        while !isByHand {
            let bytes = client.output()
            feed(bytes)
            let output = takeOutput()
            client.receive(output)
            if bytes.isEmpty, output.isEmpty { return }
        }
    }

    /// Has bytes come that the test has written by hand, in place of the client's.
    func send(_ bytes: [UInt8]) {
        isByHand = true
        feed(bytes)
    }

    private func feed(_ bytes: [UInt8]) {
        var rest = bytes[...]
        repeat {
            let part = Array(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            advance(over: part)
        } while !rest.isEmpty
    }

    /// What leaves.
    func takeOutput() -> [UInt8] {
        var output: [UInt8] = []
        while state.withNextOutput({ output.append(copying: $0) }) {}
        return output
    }

    private func advance(over bytes: [UInt8]) {
        var rest = bytes[...]
        while true {
            let (action, consumed) = state.advance(
                over: Array(rest).span.bytes, within: bounds, at: tick, now: now)
            rest = rest.dropFirst(consumed)
            perform(action)
            switch action {
            case .wait, .finish, .close: return
            case .decide, .refuse, .forget: break
            }
        }
    }

    private func perform(_ action: HTTP2ConnectionState.Action) {
        switch action {
        case .wait: break
        case .decide(let stream, let head):
            let lines = [UInt8](copying: state.lines)
            requests.append((stream, head, String(decoding: lines, as: UTF8.self), state.takeBody(of: stream)))
            log.append("decide")
            if answersAtOnce { respond(to: stream) }
        case .refuse(let stream, let status):
            log.append("refuse \(status.code)")
            respond(to: stream, "HTTP/1.1 \(status.code) No\r\n\r\n")
        case .forget: log.append("forget")
        case .finish(let lingers): log.append(lingers ? "linger" : "finish")
        case .close: log.append("close")
        }
    }

    func respond(to stream: Int, _ head: String = answer, body: [UInt8] = [], trailers: String = "") {
        state.respond(
            to: stream, with: Array(head.utf8).span.bytes, body: body, trailers: Array(trailers.utf8), within: bounds,
            at: tick)
    }

    /// Lets ticks pass.
    func pass(_ count: Int) {
        for _ in 0..<count {
            tick += 1
            var action = state.tick(at: tick, within: bounds)
            while case .refuse = action {
                perform(action)
                action = state.tick(at: tick, within: bounds)
            }
            perform(action)
        }
        settle()
    }

    func inputClosed() {
        state.inputClosed()
        settle()
    }

    func drain() { state.drain() }
    func endSilence() { state.endSilence() }
    func giveUp() { state.giveUp() }
    /// Gives up the requests that are not complete, those first that hold most.
    func giveUpIncomplete() {
        for stream in state.incomplete {
            state.giveUp(stream)
            perform(.refuse(stream: stream, .requestTimeout))
        }
    }
    var streamCount: Int { state.streamCount }
    var memory: Int { state.memory }
}

/// Frames, written by hand (RFC 9113 section 4.1).
enum RawFrame {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings = bytes(type: 4)

    static func bytes(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        [UInt8(payload.count >> 16 & 255), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255), type, flags]
            + word(stream) + payload
    }

    static func word(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }

    /// A request, and its reset.
    static func reset(stream: UInt32) -> [UInt8] { get(stream: stream) + bytes(type: 3, stream: stream, word(8)) }

    /// HEADERS of `GET /`, with END_STREAM and END_HEADERS: indexed fields of the static table and an authority (RFC 7541 appendix A).
    static func get(stream: UInt32) -> [UInt8] {
        bytes(type: 1, flags: 5, stream: stream, [0x82, 0x84, 0x86, 0x41, 1, UInt8(ascii: "a")])
    }
}
