import EventLoop

// Where connections come in.
extension Worker {
    mutating func watchDoors() {
        isShort = false
        guard let doors else { return }
        for (number, socket) in doors.sockets.enumerated() {
            // Who is short of memory now may not be at the next tick.
            isShort = !poller.add(socket.descriptor, as: Self.doorToken + UInt64(number), .input) || isShort
        }
    }

    mutating func accept(at number: Int, most: Int) {
        for _ in 0..<most {
            guard let doors else { return }
            switch doors.sockets[number].accept() {
            case .connection(let descriptor): admit(descriptor)
            case .gone: continue
            case .nothing: return
            case .shortage: return waitForDescriptors()
            }
        }
    }

    /// Hands a new connection to the loop whose turn it is, or closes it when there are too many.
    private mutating func admit(_ descriptor: CInt) {
        guard count.enter() else { return ListeningSocket.close(descriptor) }
        guard let loop = doors?.nextLoop() else { return adopt(descriptor) }
        if !loop.post(.connection(descriptor)) {
            ListeningSocket.close(descriptor)
            count.leave()
        }
    }

    /// The doors would be ready all the time and nobody could come in: not before the next tick is one looked at again.
    private mutating func waitForDescriptors() {
        isShort = true
        for socket in doors?.sockets ?? [] { poller.remove(socket.descriptor) }
    }
}
