package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

extension Timestamp {
    /// This moment, by the system's clock. Only the process asks; everything else gets the time as an argument.
    package static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec)) + .nanoseconds(time.tv_nsec)
    }
}
