import Bytes
import Glibc
import Synchronization

/// Processor time, in nanoseconds.
package enum ProcessorTime {
    /// What all threads of the process have taken together.
    package static var ofProcess: Int64 { nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) ?? 0 }

    /// Nil when there is no such clock: that of a thread that has ended.
    fileprivate static func nanoseconds(of clock: clockid_t) -> Int64? {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// What one thread takes of the processor, for others to read while it runs and when it has ended. The thread does nothing for it but
/// begin and end.
package final class ThreadClock: Sendable {
    /// The thread's clock of the system; 0 while it does not run, which is no thread's.
    private let clock = Atomic<clockid_t>(0)
    /// What it took, in nanoseconds, from when it has ended.
    private let total = Atomic<Int64>(0)

    package init() {}

    /// The thread that calls this is the one that is meant, until it calls `end`.
    package func begin() {
        var clock = clockid_t()
        guard unsafe pthread_getcpuclockid(pthread_self(), &clock) == 0 else { return }
        self.clock.store(clock, ordering: .releasing)
    }

    package func end() {
        // In this order: who finds no clock any more finds the total.
        total.store(nanoseconds, ordering: .releasing)
        clock.store(0, ordering: .releasing)
    }

    /// What the thread has taken so far. May be asked by any thread.
    package var nanoseconds: Int64 {
        let clock = clock.load(ordering: .acquiring)
        guard clock != 0, let running = ProcessorTime.nanoseconds(of: clock) else {
            return total.load(ordering: .acquiring)
        }
        return running
    }
}
