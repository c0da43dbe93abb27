package import Bytes
import Glibc

/// How the system's scheduler treats a thread that wakes while another one runs on its core (sched(7)).
package enum SchedulingPolicy: Sendable {
    /// It may take that one's place at once. What a thread has unless somebody says otherwise.
    case other
    /// It waits until that one has nothing to do or has had its turn, which may take milliseconds.
    case batch

    /// What is hidden from Swift behind a macro (linux/sched.h).
    private static let batchNumber: CInt = 3

    /// That of the thread that calls this; nil: one for real time or for idle machines.
    package static var ofThread: SchedulingPolicy? {
        switch sched_getscheduler(0) {
        case SCHED_OTHER: .other
        case batchNumber: .batch
        default: nil
        }
    }

    /// Gives it to the thread that calls this, and to those that it starts later. From the other one that needs no privilege; a filter of
    /// system calls may refuse it. Does nothing where the thread has it.
    package func apply() throws(SystemError) {
        guard Self.ofThread != self else { return }
        var parameters = sched_param()
        let number = self == .batch ? Self.batchNumber : SCHED_OTHER
        guard unsafe sched_setscheduler(0, number, &parameters) == 0 else { throw SystemError(code: errno) }
    }
}
