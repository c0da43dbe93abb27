import EventLoop
import HTTP1

// The end of the process.
extension HTTPConnection {
    mutating func drain(on loop: inout WorkerContext) {
        connection.drain()
        isDraining = true
        guard let http2 else { return }
        http2.drain()
        goOn(on: &loop)
    }

    /// Who was silent until now is closed, unless a request has come that was not read yet: the poller tells of so many
    /// sockets at a time.
    mutating func endSilence(buffer: borrowing ReadBuffer, on loop: inout WorkerContext) {
        if let http2 {
            http2.endSilence()
            return goOn(on: &loop)
        }
        guard connection.isSilent, input.isEmpty else { return }
        guard channel != .secured else { return endSecuredSilence(buffer: buffer, on: &loop) }
        switch unsent.isEmpty ? socket.receive(into: buffer) : .nothing {
        case .bytes(let count): receive(buffer.bytes(first: count), on: &loop)
        case .nothing: if case .close = connection.endSilence() { ending = .close }
        case .end, .failed: isOver = true
        }
    }
}

// The end of the connection.
extension HTTPConnection {
    /// Ends the connection if it is to end: all output is sent.
    mutating func end() {
        guard parcels == 0, unsent.isEmpty else { return }
        if case .none = ending { return }
        sayGoodbye()
        switch ending {
        case .finish(lingers: true) where !isInputClosed: socket.closeOutput()
        case .finish, .close, .none: isOver = true
        }
        ending = .none
    }
}
