package import Logging
import Synchronization

/// From which level on lines are written, by all loggers that share it: it changes while they are in use.
package final class SharedLogLevel: Sendable {
    /// What stands in the place of a level when there is none.
    private static let none = -1

    /// The configured level's place among all.
    private let configured: Atomic<Int>
    /// That of the level that holds for a while instead.
    private let passing = Atomic(SharedLogLevel.none)

    package init(_ level: Logger.Level) {
        configured = Atomic(Self.place(of: level))
    }

    package var value: Logger.Level {
        let passing = passing.load(ordering: .relaxed)
        return Logger.Level.allCases[passing == Self.none ? configured.load(ordering: .relaxed) : passing]
    }

    /// Takes another configured level. One that holds for a while goes on holding.
    package func configure(_ level: Logger.Level) {
        configured.store(Self.place(of: level), ordering: .relaxed)
    }

    /// Has another level hold; nil: the configured one holds again.
    package func replace(by level: Logger.Level?) {
        passing.store(level.map(Self.place) ?? Self.none, ordering: .relaxed)
    }

    private static func place(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}
