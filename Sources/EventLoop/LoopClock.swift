package import Bytes

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
