package import NIOCore

/// Opens a connection, and opens the next when it is lost, until it is stopped. One event loop's.
package final class Reconnector {
    private let eventLoop: any EventLoop
    private var schedule = ReconnectSchedule()
    private var next: Scheduled<Void>?
    /// Opens a connection; nil once stopped.
    private var open: (() -> Void)?

    package init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package var isStopped: Bool { open == nil }

    /// - Parameter open: begins an attempt, which ends in `lost`, with or without a `ready` before.
    package func start(_ open: @escaping () -> Void) {
        self.open = open
        attempt()
    }

    package func ready() {
        schedule.becameReady(at: eventLoop.now)
    }

    /// - Parameter pause: wait at least that long.
    package func lost(pause: TimeAmount = .zero) {
        guard !isStopped else { return }
        let now = eventLoop.now
        let moment = max(schedule.failed(at: now, jitter: Double.random(in: 0..<1)), now + pause)
        next = eventLoop.assumeIsolated().scheduleTask(deadline: moment) { self.attempt() }
    }

    package func stop() {
        open = nil
        next?.cancel()
    }

    private func attempt() {
        schedule.attemptBegan(at: eventLoop.now)
        open?()
    }
}
