import Bytes

/// The limits of a connection with its times in ticks: sweeps of the event loop, which are its only clock. So no request
/// costs a timer, and a time-out comes up to one tick late.
package struct ConnectionBounds: Sendable {
    package var headerBytes: Int
    package var bodyBytes: Int
    package var lingerBytes: Int
    /// In ticks, as all below.
    package var headerTimeout: Int
    package var bodyTimeout: Int
    package var idleTimeout: Int
    package var writeTimeout: Int
    package var lingerTimeout: Int

    /// How long one tick takes.
    package static let tick = Duration.milliseconds(500)
    package static let tickNanoseconds = tick.nanoseconds

    package init(_ limits: ConnectionLimits) {
        headerBytes = limits.headerBytes
        bodyBytes = limits.bodyBytes
        lingerBytes = limits.lingerBytes
        headerTimeout = Self.ticks(limits.headerTimeout)
        bodyTimeout = Self.ticks(limits.bodyTimeout)
        idleTimeout = Self.ticks(limits.idleTimeout)
        writeTimeout = Self.ticks(limits.writeTimeout)
        lingerTimeout = Self.ticks(limits.lingerTimeout)
    }

    /// As many ticks as surely take that long, when the first has partly passed.
    private static func ticks(_ span: Duration) -> Int {
        let count = (span / tick).rounded(.up)
        return Int(min(max(count, 0), 1e12)) + 1
    }
}
