import AllocationCounter
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

/// What one run of a stage costs.
struct Cost {
    /// Nanoseconds of processor time: the median of the rounds, and the best of them.
    let median: String
    let best: String
    /// How often memory was asked for.
    let allocations: String

    /// Nanoseconds: long for the clock, and short enough to end before another process gets the processor.
    private static let round = 4_000_000
    private static let rounds = 51

    init(of stage: Stage) {
        let (work, part) = (stage.make(), stage.makePart?())
        var sum = work(1)
        let operations = Self.calibrate(work, &sum)
        let before = allocation_count()
        sum &+= work(operations)
        let allocations = Double(allocation_count() - before) / Double(operations)
        let times = (0..<Self.rounds).map { _ in
            let time = Self.time(operations, work, &sum) - (part.map { Self.time(operations, $0, &sum) } ?? 0)
            return Double(time) / Double(operations)
        }.sorted()
        precondition(sum != 0, "a stage whose every run gives zero may have been left out")
        self.median = Self.text(times[times.count / 2])
        self.best = Self.text(times[0])
        self.allocations = Self.text(allocations)
    }

    /// How often the work is done in a round.
    private static func calibrate(_ work: Stage.Work, _ sum: inout Int) -> Int {
        var operations = 1
        while time(operations, work, &sum) < round { operations *= 2 }
        return operations
    }

    /// Nanoseconds of processor time, which other processes don't lengthen.
    private static func time(_ operations: Int, _ work: Stage.Work, _ sum: inout Int) -> Int {
        let start = processorTime()
        sum &+= work(operations)
        return processorTime() - start
    }

    private static func processorTime() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// One digit behind the point below 100, none above.
    private static func text(_ number: Double) -> String {
        number < 100 ? "\((number * 10).rounded() / 10)" : "\(Int(number.rounded()))"
    }
}
