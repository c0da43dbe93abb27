/// What a service manager is told of the process, without a socket and a clock: which message each event asks for (sd_notify(3)).
///
/// A manager that hears of a reload before the start is over, or of readiness after the end has begun, is misled; so each event counts only
/// where it can happen.
package struct ServiceState: Sendable {
    private enum Phase {
        case starting
        case running
        case reloading
        case stopping
    }

    private var phase = Phase.starting

    package init() {}

    /// Requests are answered.
    package mutating func started(_ status: String) -> String? {
        guard phase == .starting else { return nil }
        phase = .running
        return Self.message("READY=1", status: status)
    }

    /// - Parameter moment: `CLOCK_MONOTONIC`, in microseconds: the manager tells an answer to its own wish by it.
    package mutating func reloading(at moment: Int64) -> String? {
        guard phase == .running else { return nil }
        phase = .reloading
        return "RELOADING=1\nMONOTONIC_USEC=\(moment)"
    }

    /// Whatever came of it: requests are answered by one configuration or the other.
    package mutating func reloaded(_ status: String) -> String? {
        guard phase == .reloading else { return nil }
        phase = .running
        return Self.message("READY=1", status: status)
    }

    package mutating func stopping(_ status: String) -> String? {
        guard phase != .stopping else { return nil }
        phase = .stopping
        return Self.message("STOPPING=1", status: status)
    }

    /// Every worker has turned since the last one.
    package var alive: String { "WATCHDOG=1" }

    /// A status is one line.
    private static func message(_ assignment: String, status: String) -> String {
        "\(assignment)\nSTATUS=\(status.replacing("\n", with: " "))"
    }
}
