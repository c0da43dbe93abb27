package import Logging
import NIOConcurrencyHelpers

/// What was logged, a line each: `level message key=value …`. Who waits for a line is woken by it.
package final class TestLog: Sendable {
    private struct Contents {
        package init() {}

        package var lines: [String] = []
        var waiting: [(number: Int, text: String, continuation: CheckedContinuation<Void, Never>)] = []
        /// How often a line was waited for.
        var waits = 0
    }

    private let contents = NIOLockedValueBox(Contents())

    package init() {}

    package var lines: [String] { contents.withLockedValue(\.lines) }

    package var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// How many lines there are by now.
    package var count: Int { lines.count }

    /// Waits for a line that holds a text, or until the test's time is over; the first `seen` lines don't count.
    package func line(with text: String, after seen: Int = 0) async {
        let number = contents.withLockedValue { contents in
            contents.waits += 1
            return contents.waits
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = contents.withLockedValue { contents in
                    let isOver = Task.isCancelled || contents.lines.dropFirst(seen).contains { $0.contains(text) }
                    if !isOver { contents.waiting.append((number, text, continuation)) }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake { waiting, _ in waiting == number }
        }
    }

    package func add(_ line: String) {
        contents.withLockedValue { $0.lines.append(line) }
        wake { _, text in line.contains(text) }
    }

    private func wake(_ isMeant: (_ number: Int, _ text: String) -> Bool) {
        let woken = contents.withLockedValue { contents in
            let woken = contents.waiting.filter { isMeant($0.number, $0.text) }
            contents.waiting.removeAll { isMeant($0.number, $0.text) }
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
