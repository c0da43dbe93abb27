package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

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
