package import Telemetry

/// The connections of all loops together, at one moment.
package struct ConnectionFigures: Sendable {
    /// Those that are open.
    package var open: Int
    /// All that were let in so far.
    package var accepted: Int
    /// Those that were closed at once because there were too many.
    package var refused: Int

    package init(open: Int = 0, accepted: Int = 0, refused: Int = 0) {
        self.open = open
        self.accepted = accepted
        self.refused = refused
    }

    init(_ count: ConnectionCount) {
        self.init(open: count.open, accepted: count.accepted, refused: count.refused)
    }

    /// Adds the metrics of connections to a page.
    package func write(to page: inout PrometheusPage) {
        page.add(.connections, value: open)
        page.add(.connectionsAccepted, value: accepted)
        page.add(.connectionsRefused, value: refused)
    }
}
