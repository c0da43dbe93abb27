package import Bytes
package import Logging
import NIOConcurrencyHelpers

/// The last lines of the log that were warnings or worse, as they were written: for whoever looks at the process.
///
/// Bounded in number and in length. A line that the log does not write, because of its level, is not here either.
package final class RecentWarnings: Sendable {
    package struct Line: Sendable {
        package var at: Timestamp
        package var level: Logger.Level
        package var message: String
        /// By name, in its order.
        package var fields: [(name: String, value: String)]

        package init(
            at moment: Timestamp, level: Logger.Level, message: String, fields: [(name: String, value: String)] = []
        ) {
            (at, self.level, self.message, self.fields) = (moment, level, message, fields)
        }
    }

    /// How many are kept.
    package static let limit = 20
    /// A text is cut after so many characters.
    package static let maximumCharacters = 512

    private let ring = NIOLockedValueBox<[Line]>([])

    package init() {}

    /// The latest first.
    package var lines: [Line] { ring.withLockedValue { $0.reversed() } }

    /// Writes to what the logger writes to, and keeps what is a warning.
    package func listening(to logger: Logger) -> Logger {
        Logger(label: logger.label) { _ in WarningListener(base: logger.handler, warnings: self) }
    }

    fileprivate func add(_ line: Line) {
        ring.withLockedValue { lines in
            if lines.count >= Self.limit { lines.removeFirst(lines.count - Self.limit + 1) }
            lines.append(line)
        }
    }

    fileprivate static func cut(_ text: String) -> String {
        text.count > maximumCharacters ? text.prefix(maximumCharacters) + "…" : text
    }
}

/// Hands each line on, and keeps it when it is a warning.
private struct WarningListener: LogHandler {
    var base: any LogHandler
    let warnings: RecentWarnings

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        base.log(event: event)
        guard event.level >= .warning else { return }
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        warnings.add(
            RecentWarnings.Line(
                at: .now, level: event.level, message: RecentWarnings.cut("\(event.message)"),
                fields: fields.map { (name: $0.key, value: RecentWarnings.cut("\($0.value)")) }))
    }
}
