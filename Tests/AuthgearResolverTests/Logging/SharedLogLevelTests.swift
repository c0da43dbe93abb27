import AuthgearResolver
import Logging
import Testing

/// The level of the log, as it is configured and as it holds for a while.
@Suite struct SharedLogLevelTests {
    @Test func `a level that holds for a while is over with it, and a reload meanwhile counts then`() {
        let level = SharedLogLevel(.info)
        #expect(level.value == .info)
        level.replace(by: .debug)
        #expect(level.value == .debug)
        level.configure(.warning)
        #expect(level.value == .debug)
        level.replace(by: nil)
        #expect(level.value == .warning)
    }

    @Test(arguments: Logger.Level.allCases) func `each level can hold`(value: Logger.Level) {
        let level = SharedLogLevel(.notice)
        level.replace(by: value)
        #expect(level.value == value)
        level.replace(by: nil)
        level.configure(value)
        #expect(level.value == value)
    }
}
