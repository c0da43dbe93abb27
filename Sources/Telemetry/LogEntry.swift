import Logging

/// A line of the log that is to be written.
struct LogEntry: Sendable {
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata

    /// The same, with how many others it stands for.
    func standing(for leftOut: Int) -> LogEntry {
        guard leftOut > 0 else { return self }
        var entry = self
        entry.metadata.merge(Logger.Metadata([.leftOut: String(leftOut)])) { _, new in new }
        return entry
    }
}
