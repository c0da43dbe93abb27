import Synchronization

/// How many connections there are, of all loops together, and may be. One loop lets them in, each lets them out.
package final class ConnectionCount: Sendable {
    private let limit: Int
    private let openNow = Atomic(0)
    private let acceptedSoFar = Atomic(0)
    private let refusedSoFar = Atomic(0)

    package init(limit: Int) {
        self.limit = limit
    }

    var open: Int { openNow.load(ordering: .relaxed) }
    var accepted: Int { acceptedSoFar.load(ordering: .relaxed) }
    /// Connections that were closed at once because there were too many.
    var refused: Int { refusedSoFar.load(ordering: .relaxed) }

    /// Whether one more may be open. Asked by one loop.
    func enter() -> Bool {
        guard open < limit else {
            refusedSoFar.add(1, ordering: .relaxed)
            return false
        }
        acceptedSoFar.add(1, ordering: .relaxed)
        openNow.add(1, ordering: .relaxed)
        return true
    }

    func leave() {
        openNow.subtract(1, ordering: .relaxed)
    }
}
