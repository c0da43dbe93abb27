import Bytes
import HTTP1
import TLS

// A connection whose client speaks HTTP/2.
extension HTTPConnection {
    /// Whether what came first on this connection is the preface of HTTP/2 (RFC 9113 section 3.4), or how it begins.
    func beginsHTTP2(_ bytes: RawSpan) -> Bool {
        let line: StaticString = "PRI * HTTP/2.0\r\n"
        // Who agreed on HTTP/1 within TLS has chosen.
        return requestCameAt == 0 && tls?.application != .http1 && bytes.byteCount >= line.utf8CodeUnitCount
            && bytes.extracting(first: line.utf8CodeUnitCount).equals(line)
    }

    mutating func beginHTTP2(over bytes: RawSpan, on loop: inout WorkerContext) -> Int {
        let http2 = HTTP2Connection(slot: slot, on: loop)
        if isInputClosed { http2.inputClosed() }
        if isDraining { http2.drain() }
        self.http2 = http2
        return run(http2, over: bytes, on: &loop)
    }

    mutating func run(_ http2: HTTP2Connection, over bytes: RawSpan, on loop: inout WorkerContext) -> Int {
        let (outcome, consumed) = http2.run(over: bytes, on: &loop)
        take(outcome, on: loop)
        return consumed
    }

    mutating func take(_ outcome: HTTP2Connection.Outcome, on loop: borrowing WorkerContext) {
        switch outcome {
        case .wait: return
        case .pause: isPaused = true
        case .finish(let lingers):
            ending = .finish(lingers: lingers)
            guard lingers else { return }
            // All has been said. To throw away what still comes takes no session, whose memory is free before the client has closed.
            connection.linger(within: loop.bounds, at: loop.tick)
            http2 = nil
        case .close: ending = .close
        }
    }

    /// How long an HTTP/2 connection will have been idle that is to be ended for it; nil while there is anything to do, and of HTTP/1.
    var idleDeadline: Int? { unsent.isEmpty && input.isEmpty ? http2?.idleDeadline : nil }

    /// The client sends no more.
    mutating func endInput(on loop: inout WorkerContext) {
        isInputClosed = true
        connection.inputClosed()
        http2?.inputClosed()
        goOn(on: &loop)
    }

    mutating func setBlocked(_ isBlocked: Bool, on loop: borrowing WorkerContext) {
        connection.setBlocked(isBlocked, within: loop.bounds, at: loop.tick)
        http2?.setBlocked(isBlocked, on: loop)
    }
}
