package import JOSE

/// Makes tables for keys that are in demand, where they are worth it. Its functions take some 20 ms: not for an event loop.
package enum TableWorkshop {
    /// How often a signature is verified in each way to find out which takes less.
    private static let rounds = 32

    /// Found out once, when the first table is asked for.
    private static let isWorthIt = TableTrial().map(shortens) ?? false

    /// The same key with a table; nil when it is to go without.
    package static func withTable(_ key: VerificationKey) -> VerificationKey? {
        isWorthIt ? key.withTable() : nil
    }

    private static func shortens(_ trial: TableTrial) -> Bool {
        let clock = ContinuousClock()
        var (plain, byTable) = (Duration.seconds(1), Duration.seconds(1))
        // One after the other, and the best of each: whatever else the machine does hits both.
        for _ in 0..<rounds {
            plain = min(plain, clock.measure { _ = trial.run(byTable: false) })
            byTable = min(byTable, clock.measure { _ = trial.run(byTable: true) })
        }
        return isShorter(byTable, than: plain)
    }

    /// Whether so much time is spared that a table is worth its memory, and it is more than what is measured wrongly.
    package static func isShorter(_ byTable: Duration, than plain: Duration) -> Bool {
        byTable * 4 <= plain * 3
    }
}
