package import Logging

/// Something that holds or doesn't, as the log tells of it: such as that the session store can be reached.
package struct Condition: Sendable {
    /// What is said when it holds, at `info`.
    let good: String
    /// What is said when it doesn't.
    let bad: String
    let badLevel: Logger.Level

    package init(good: String, bad: String, badLevel: Logger.Level) {
        self.good = good
        self.bad = bad
        self.badLevel = badLevel
    }
}
