import Logging
import NIOConcurrencyHelpers

/// What was logged, a line each: `level message key=value …`. Who waits for a line is woken by it.
final class TestLog: Sendable {
    private struct Contents {
        var lines: [String] = []
        var waiting: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let contents = NIOLockedValueBox(Contents())

    var lines: [String] { contents.withLockedValue(\.lines) }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// How many lines there are by now.
    var count: Int { lines.count }

    /// Waits for a line that holds a text; the first `seen` lines don't count.
    func line(with text: String, after seen: Int = 0) async {
        await withCheckedContinuation { continuation in
            let isThere = contents.withLockedValue { contents in
                let isThere = contents.lines.dropFirst(seen).contains { $0.contains(text) }
                if !isThere { contents.waiting.append((text, continuation)) }
                return isThere
            }
            if isThere { continuation.resume() }
        }
    }

    func add(_ line: String) {
        let woken = contents.withLockedValue { contents in
            contents.lines.append(line)
            let woken = contents.waiting.filter { line.contains($0.text) }
            contents.waiting.removeAll { line.contains($0.text) }
            return woken.map(\.continuation)
        }
        woken.forEach { $0.resume() }
    }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            log.add("\(event.level) \(event.message)\(pairs.joined())")
        }
    }
}
