/// Whether it pays to be told of changes: each costs some microseconds, and each answer from memory saves a look-up.
///
/// It is told once a second what there was so far. Where more than 5,000 changes a second come for 10 s, and fewer than half of the
/// look-ups of that time were found in memory, it does not pay.
package struct InvalidationStorm: Sendable {
    /// More changes than this in each second, for so many seconds.
    static let changes = 5_000
    static let seconds = 10

    /// What there was so far, which only grows.
    package struct Counts: Hashable, Sendable {
        package var changes: Int
        /// Look-ups, and those of them that were found in memory.
        package var lookUps: Int
        package var hits: Int

        package init(changes: Int = 0, lookUps: Int = 0, hits: Int = 0) {
            self.changes = changes
            self.lookUps = lookUps
            self.hits = hits
        }
    }

    /// At the ends of the last seconds, in each of which but the first there were so many changes: at most eleven.
    private var ends = [Counts()]

    package init() {}

    /// A second has passed.
    ///
    /// - Returns: whether it does not pay; then all begins anew.
    package mutating func secondPassed(_ counts: Counts) -> Bool {
        let isStormy = ends.last.map { counts.changes - $0.changes > Self.changes } ?? false
        ends = isStormy ? ends.suffix(Self.seconds) + [counts] : [counts]
        guard ends.count > Self.seconds, let start = ends.first else { return false }
        guard 2 * (counts.hits - start.hits) < counts.lookUps - start.lookUps else { return false }
        ends = [counts]
        return true
    }
}
