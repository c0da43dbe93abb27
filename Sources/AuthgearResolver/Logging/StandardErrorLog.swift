import Bytes
import Glibc
package import Logging
import ServiceLifecycle
import Synchronization

/// Writes each record as one line to standard error, with one `write`, so that lines of several threads don't mix.
///
/// A line that standard error can't take at once, because nobody reads it, is lost: the threads that serve must not wait.
package struct StandardErrorLog: LogHandler {
    /// The program's, unless this logger was given its own.
    package var logLevel: Logger.Level {
        get { own ?? shared.value }
        set { own = newValue }
    }
    private let shared: SharedLogLevel
    private var own: Logger.Level?
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat

    package init(level: SharedLogLevel, format: LogFormat) {
        shared = level
        self.format = format
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        if let error = event.error { all["error"] = .string("\(ErrorWords(error))") }
        let line = LogLine("\(event.message)", level: event.level, metadata: all, at: .now, format: format)
        if Self.isTaken { File.write(line.bytes, to: STDERR_FILENO) }
    }

    private static var isTaken: Bool {
        var entry = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, 0) == 1
    }
}

extension Logger {
    /// The program's logger.
    package init(level: SharedLogLevel, format: LogFormat) {
        self.init(label: "authgear-resolver") { _ in StandardErrorLog(level: level, format: format) }
    }
}

/// An error in words for a person: its own when it has any, and never the name of a Swift type.
package struct ErrorWords: CustomStringConvertible {
    package let description: String

    package init(_ error: any Error) {
        description =
            switch error {
            case is ServiceGroupError: "a part of the program ended before its time"
            case let error as any Error & CustomStringConvertible: error.description
            default: "an error that has no words; please report it with the lines before this one"
            }
    }
}
