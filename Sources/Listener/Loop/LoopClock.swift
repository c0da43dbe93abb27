import Bytes

/// Tells an event loop the time with one reading of one clock: the civil time is the steady time and what the two were
/// apart at the last sweep, at most half a second ago.
struct LoopClock {
    /// Nanoseconds that the civil clock is ahead of the steady one.
    private var lead: Int64 = 0

    init() {
        synchronize()
    }

    /// Compares the clocks again.
    mutating func synchronize() {
        lead = Moment.civilNanoseconds() &- Moment.steadyNanoseconds()
    }

    var now: Moment {
        let steady = Moment.steadyNanoseconds()
        return Moment(steady: steady, timestamp: Timestamp(microseconds: (steady &+ lead) / 1_000))
    }
}
