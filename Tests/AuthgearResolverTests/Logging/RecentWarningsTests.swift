import AuthgearResolver
import Logging
import NIOConcurrencyHelpers
import Telemetry
import Testing

@Suite struct RecentWarningsTests {
    /// Keeps the messages that it is handed.
    private struct Handler: LogHandler {
        let messages = NIOLockedValueBox<[String]>([])
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { messages.withLockedValue { $0.append("\(event.message)") } }
    }

    private let handler = Handler()
    private let warnings = RecentWarnings()

    private var logger: Logger { warnings.listening(to: Logger(label: "test") { _ in handler }) }

    @Test func `warnings and worse are kept with their fields, the latest first, and all lines are written`() {
        var logger = logger
        logger[metadataKey: "always"] = "there"
        logger.info("fine")
        logger.warning("bad", metadata: .init([.reason: "r", .issuer: "https://i"]))
        logger.error("worse")
        #expect(handler.messages.withLockedValue { $0 } == ["fine", "bad", "worse"])
        #expect(warnings.lines.map(\.message) == ["worse", "bad"])
        #expect(warnings.lines.map(\.level) == [.error, .warning])
        #expect(warnings.lines.last?.fields.map(\.name) == ["always", "issuer", "reason"])
        #expect(warnings.lines.last?.fields.map(\.value) == ["there", "https://i", "r"])
    }

    @Test func `what the log does not write is not kept`() {
        var logger = logger
        logger.logLevel = .error
        logger.warning("quiet")
        #expect(warnings.lines.isEmpty && handler.messages.withLockedValue(\.isEmpty))
    }

    @Test func `lines of a limited log are kept as it writes them`() {
        let log = LimitedLog(logger)
        for number in 0..<5 { log.event(.warning, "storm", at: UInt64(number)) { .init([.count: "\(number)"]) } }
        #expect(warnings.lines.map(\.message) == ["storm"])
        log.catchUp(at: 61_000_000_000)
        #expect(warnings.lines.map(\.message) == ["storm", "storm"])
        #expect(warnings.lines.first?.fields.map(\.name) == ["count", "left_out"])
    }

    @Test func `they are bounded in number and in length`() {
        for number in 0..<100 {
            logger.warning("\(number)", metadata: .init([.reason: String(repeating: "x", count: 100_000)]))
        }
        #expect(warnings.lines.map(\.message) == (80..<100).reversed().map(String.init))
        #expect(warnings.lines.allSatisfy { $0.fields[0].value.count == RecentWarnings.maximumCharacters + 1 })
    }
}
