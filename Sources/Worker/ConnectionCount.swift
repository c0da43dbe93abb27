import Synchronization
package import Telemetry

/// How many connections there are, of all loops together, and may be. One loop lets them in, each lets them out.
package final class ConnectionCount: Sendable {
    private let limit: Atomic<Int>
    private let openNow = Atomic(0)
    private let acceptedSoFar = Atomic(0)
    private let refusedSoFar = Atomic(0)

    package init(limit: Int) {
        self.limit = Atomic(limit)
    }

    /// From now on so many may be open; those that are open beyond that stay.
    func adopt(limit: Int) {
        self.limit.store(limit, ordering: .relaxed)
    }

    /// How many may be open.
    var most: Int { limit.load(ordering: .relaxed) }
    var open: Int { openNow.load(ordering: .relaxed) }
    var accepted: Int { acceptedSoFar.load(ordering: .relaxed) }
    /// Connections that were closed at once because there were too many.
    var refused: Int { refusedSoFar.load(ordering: .relaxed) }

    /// Whether one more may be open. Asked by one loop.
    func enter() -> Bool {
        guard open < limit.load(ordering: .relaxed) else {
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

/// The connections of all loops together, at one moment.
package struct ConnectionFigures: Sendable {
    /// Those that are open.
    package var open: Int
    /// All that were let in so far.
    package var accepted: Int
    /// Those that were closed at once because there were too many.
    package var refused: Int
    /// How many may be open.
    package var limit: Int

    package init(open: Int = 0, accepted: Int = 0, refused: Int = 0, limit: Int = 0) {
        self.open = open
        self.accepted = accepted
        self.refused = refused
        self.limit = limit
    }

    init(_ count: ConnectionCount) {
        self.init(open: count.open, accepted: count.accepted, refused: count.refused, limit: count.most)
    }

    /// Adds the metrics of connections to a page.
    package func write(to page: inout PrometheusPage) {
        page.add(.connections, value: open)
        page.add(.connectionsLimit, value: limit)
        page.add(.connectionsAccepted, value: accepted)
        page.add(.connectionsRefused, value: refused)
    }
}
