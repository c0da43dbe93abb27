package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

/// Tells an event loop the time with one reading of one clock: the civil time is the steady time and what the two were
/// apart at the last sweep, at most half a second ago.
package struct LoopClock {
    /// What the civil clock said when the steady one was zero; saturates, as every `Timestamp` does.
    private var origin: Timestamp

    /// - Parameters:
    ///   - steady: nanoseconds of the steady clock.
    ///   - civil: what the civil clock says at the same time.
    package init(steady: Int64, civil: Timestamp) {
        origin = civil.adding(microseconds: -(steady / 1_000))
    }

    package init() {
        self.init(steady: Moment.steadyNanoseconds(), civil: Moment.civilTime())
    }

    /// Compares the clocks again.
    package mutating func synchronize() {
        self = LoopClock()
    }

    /// Both times at a reading of the steady clock.
    package func moment(at steady: Int64) -> Moment {
        Moment(steady: steady, timestamp: origin.adding(microseconds: steady / 1_000))
    }

    package var now: Moment { moment(at: Moment.steadyNanoseconds()) }
}

extension Moment {
    /// Nanoseconds of the steady clock, now: 64 bits hold 292 years since the system's start.
    package static func steadyNanoseconds() -> Int64 {
        let time = time(of: CLOCK_MONOTONIC)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// What the civil clock says now. Not in nanoseconds: 64 bits hold those up to the year 2262.
    package static func civilTime() -> Timestamp {
        let time = time(of: CLOCK_REALTIME)
        return Timestamp(seconds: Int64(time.tv_sec)).adding(microseconds: Int64(time.tv_nsec) / 1_000)
    }

    private static func time(of clock: clockid_t) -> timespec {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return time
    }
}
