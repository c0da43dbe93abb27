import CEpoll
import Glibc

/// Wakes a thread that waits for a descriptor, without touching what it waits for.
package final class WakeUpEvent: Sendable {
    /// Readable while it was rung, for whoever polls it with others.
    let descriptor: CInt

    package init() {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "the system has no descriptor left for an event")
    }

    deinit {
        close(descriptor)
    }

    /// Whoever waits, or is going to, does so no longer.
    package func ring() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Blocks until there is something to read at the other descriptor, or it was rung once.
    package func wait(besides other: CInt) {
        var entries = [
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&entries, 2, -1)
    }
}
