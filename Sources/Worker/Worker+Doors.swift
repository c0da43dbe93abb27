import EventLoop
import Synchronization

// Where connections come in.
extension Worker {
    mutating func watchDoors() {
        isShort = false
        guard let doors else { return }
        for (number, socket) in doors.sockets.enumerated() {
            // Who is short of memory now may not be at the next tick.
            isShort = !poller.add(socket.descriptor, as: Self.doorToken + UInt64(number), for: .input) || isShort
        }
    }

    mutating func accept(at number: Int, most: Int) {
        for _ in 0..<most {
            guard let doors else { return }
            switch doors.sockets[number].accept() {
            case .connection(let descriptor): admit(socket: descriptor, speaking: doors.fronts[number])
            case .gone: continue
            case .nothing: return
            case .shortage: return waitForDescriptors()
            }
        }
    }

    /// Hands a new connection to the loop whose turn it is, or closes it when there are too many.
    private mutating func admit(socket descriptor: CInt, speaking front: GatewayFront) {
        guard count.enter() else { return ListeningSocket.close(descriptor: descriptor) }
        guard let loop = doors?.nextLoop() else { return adopt(socket: descriptor, speaking: front) }
        if !loop.post(.connection(descriptor, front)) {
            ListeningSocket.close(descriptor: descriptor)
            count.leave()
        }
    }

    /// The doors would be ready all the time and nobody could come in: not before the next tick is one looked at again.
    private mutating func waitForDescriptors() {
        isShort = true
        for socket in doors?.sockets ?? [] { poller.remove(socket.descriptor) }
    }
}

/// Where connections come in, and which loop gets which. One loop has them.
package struct Doors {
    let sockets: [ListeningSocket]
    /// What is spoken at each.
    let fronts: [GatewayFront]
    /// Whether another process accepts at the same sockets, and this one does not yet.
    private(set) var areHeld: Bool
    /// The mailboxes of the loops, each in its turn; nil is the loop that has the doors.
    private let loops: [WorkerMailbox?]
    private var turn = 0

    init(
        _ sockets: [ListeningSocket], speaking fronts: [GatewayFront], others: ArraySlice<WorkerMailbox>,
        areHeld: Bool = false
    ) {
        (self.sockets, self.fronts, self.areHeld) = (sockets, fronts, areHeld)
        self.loops = [nil] + others.map(Optional.some)
    }

    /// No other process accepts any more.
    mutating func open() {
        areHeld = false
    }

    /// Tells the other loops that no more connections come.
    func end(within limits: DrainLimits) {
        for loop in loops { loop?.post(.end(limits)) }
    }

    /// The loop that the next connection goes to; nil: it stays.
    mutating func nextLoop() -> WorkerMailbox? {
        defer { turn = (turn + 1) % loops.count }
        return loops[turn]
    }
}

/// Keeps the doors shut until each worker has tried once to connect to its store: where Redis can be reached, the first cookie
/// already finds a connection. The addresses are bound before, so who connects meanwhile waits and is not refused.
package final class StartGate: Sendable {
    private let missing: Atomic<Int>
    private let opened: @Sendable () -> Void

    /// - Parameter opened: called once, by the last worker that passes.
    package init(workers: Int, opened: @escaping @Sendable () -> Void) {
        missing = Atomic(workers)
        self.opened = opened
    }

    /// A worker has tried; called once by each.
    package func pass() {
        if missing.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { opened() }
    }
}
