import NIOCore

/// Lets accepted connections in, up to a limit; closes the others at once. All server channels share one, and one loop.
final class AcceptGate {
    private let limit: Int
    private(set) var open = 0
    private(set) var accepted = 0
    private(set) var refused = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether one more connection may be open.
    func enter() -> Bool {
        guard open < limit else {
            refused += 1
            return false
        }
        open += 1
        accepted += 1
        return true
    }

    func leave() {
        open -= 1
    }
}
