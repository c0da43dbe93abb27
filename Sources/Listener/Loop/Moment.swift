import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

/// One moment on both clocks: the civil one, for decisions and dates, and the steady one, for durations.
struct Moment: Sendable {
    /// Nanoseconds of the steady clock.
    var steady: Int64
    var timestamp: Timestamp

    /// Nanoseconds of the steady clock, now.
    static func steadyNanoseconds() -> Int64 { nanoseconds(of: CLOCK_MONOTONIC) }

    /// Nanoseconds since 1970, now.
    static func civilNanoseconds() -> Int64 { nanoseconds(of: CLOCK_REALTIME) }

    private static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
