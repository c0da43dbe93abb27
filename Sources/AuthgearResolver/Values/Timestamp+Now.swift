package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

extension Timestamp {
    /// This moment, by the system's clock. Only the process asks; everything else gets the time as an argument.
    package static var now: Timestamp { Timestamp(seconds: 0) + reading(of: CLOCK_REALTIME) }

    /// When the system started, suspended or not since then.
    static var systemStart: Timestamp { now - reading(of: CLOCK_BOOTTIME) }

    private static func reading(of clock: clockid_t) -> Duration {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Timestamp {
    /// `2026-11-21T05:00:00.000Z, 3m ago`; nil where that has no four digits of a year, or lies before 1970.
    func distance(from now: Timestamp) -> String? {
        guard (Timestamp(seconds: 0)...Timestamp(seconds: 253_402_300_799)).contains(self) else { return nil }
        let seconds = seconds - now.seconds
        let span = Self.rounded(seconds.magnitude)
        return "\(rfc3339), \(seconds < 0 ? "\(span) ago" : "in \(span)")"
    }

    /// A number of seconds in the largest unit that it has two of.
    private static func rounded(_ seconds: UInt64) -> String {
        switch seconds {
        case 0..<120: "\(seconds)s"
        case 120..<7_200: "\(seconds / 60)m"
        case 7_200..<172_800: "\(seconds / 3_600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}
