import Bytes
import EventLoop
package import Glibc
import NIOConcurrencyHelpers

/// Who started the process and wants to be told how it is: systemd, for units with `Type=notify`, or nobody.
package final class Supervisor: Sendable {
    private let socket: NotifySocket?
    private let state = NIOLockedValueBox(ServiceState())
    /// How long the process may be silent before it is killed (`WatchdogSec`); nil: as long as it likes.
    package let patience: Duration?

    /// Nobody.
    package init() {
        (socket, patience) = (nil, nil)
    }

    /// - Parameters:
    ///   - environment: the value of a variable; nil when it is not set.
    ///   - pid: the process'.
    package init(in environment: (String) -> String?, pid: pid_t) {
        socket = environment("NOTIFY_SOCKET").flatMap(NotifySocket.init)
        // The variable may be meant for the process that has started this one.
        let isMeant = environment("WATCHDOG_PID").map { $0 == "\(pid)" } ?? true
        let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        patience = socket != nil && isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    package func started(_ status: String) {
        tell { $0.started(status) }
    }

    func reloading() {
        tell { $0.reloading(at: Moment.steadyNanoseconds() / 1_000) }
    }

    func reloaded(_ status: String) {
        tell { $0.reloaded(status) }
    }

    package func stopping(_ status: String) {
        tell { $0.stopping(status) }
    }

    package func alive() {
        tell(\.alive)
    }

    /// Under the lock: messages leave in the order of the events.
    private func tell(_ event: (inout ServiceState) -> String?) {
        guard let socket else { return }
        state.withLockedValue { state in
            if let message = event(&state) { socket.send(message) }
        }
    }
}
