import EventLoop

/// The store at the other end of a socket of the event loop: performs on it what a `StoreLine` says, and decides nothing.
struct StorePeer: ~Copyable {
    let socket: Socket
    let line: any StoreLine
    /// What the poller was told that it wants to hear of.
    private(set) var registered = Poller.Interest.input

    /// With a buffer of 64 KiB each, more than what the store is asked for at a time.
    private static let readsToCatchUp = 64

    init(_ socket: consuming Socket, _ line: any StoreLine) {
        self.socket = socket
        self.line = line
    }

    /// The socket says something. What is to be written is written by `send`, at the end of the turn.
    func hear(_ event: Poller.Event, _ buffer: borrowing ReadBuffer, at now: Int64) {
        guard event.isReadable || event.isBroken else { return }
        switch socket.receive(into: buffer) {
        case .bytes(let count): line.receive(buffer.bytes(count), at: now)
        case .nothing: break
        case .end, .failed: line.breakOff(at: now)
        }
    }

    /// Reads what the store has sent meanwhile, so that it is not taken for late when it is the loop that was.
    func catchUp(_ buffer: borrowing ReadBuffer, at now: Int64) {
        for _ in 0..<Self.readsToCatchUp where !line.isOver {
            switch socket.receive(into: buffer) {
            case .bytes(let count): line.receive(buffer.bytes(count), at: now)
            case .nothing: return
            case .end, .failed: line.breakOff(at: now)
            }
        }
    }

    /// Tells the poller what it wants to hear of from now on.
    mutating func watch(_ poller: borrowing Poller, as token: UInt64) {
        let interest: Poller.Interest = line.hasOutput ? [.input, .output] : .input
        guard interest != registered else { return }
        registered = interest
        poller.change(socket.descriptor, as: token, to: interest)
    }

    /// Writes what there is, as far as the system takes it.
    func send(at now: Int64) {
        guard line.hasOutput else { return }
        var isBroken = false
        line.send { bytes in
            guard let count = socket.send(bytes) else {
                isBroken = true
                return 0
            }
            return count
        }
        if isBroken { line.breakOff(at: now) }
    }
}
