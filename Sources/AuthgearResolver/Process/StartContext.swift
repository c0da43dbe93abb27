package import EventLoop
import Logging
import Worker

/// What the process was started with, besides its configuration.
package struct StartContext: Sendable {
    /// Those that are there already; what else is listened on is bound.
    package var sockets: InheritedSockets
    /// Is told how the process is.
    package var supervisor: Supervisor
    /// Whom it is to follow; nil: nobody.
    package var predecessor: Predecessor?

    package init(
        sockets: InheritedSockets = InheritedSockets(), supervisor: Supervisor = Supervisor(),
        predecessor: Predecessor? = nil
    ) {
        (self.sockets, self.supervisor, self.predecessor) = (sockets, supervisor, predecessor)
    }

    /// What it has to do to follow; nil when there is nobody to be followed.
    func takeOver(
        by listener: Listener, _ admin: AdminListener, _ control: ControlListener?,
        readiness: @escaping @Sendable () async -> Readiness, logger: Logger
    ) -> TakeOver? {
        predecessor.map { predecessor in
            TakeOver(
                predecessor: predecessor, sockets: sockets, listener: listener, admin: admin, control: control,
                readiness: readiness, logger: logger)
        }
    }
}
