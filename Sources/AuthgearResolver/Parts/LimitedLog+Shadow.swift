import Logging
import NIOCore
import Telemetry

extension LimitedLog {
    /// Says which headers Authgear would have answered otherwise, and no value of one.
    func note(_ differences: [(header: String, count: Int)]) {
        event(
            .warning, "shadow: Authgear answers some requests otherwise; docs/migration.md says what may differ",
            at: NIODeadline.now().uptimeNanoseconds
        ) {
            Logger.Metadata([.reason: differences.map { "\($0.header) (\($0.count))" }.joined(separator: ", ")])
        }
    }
}
