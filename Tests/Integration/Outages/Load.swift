import Foundation
import NIOConcurrencyHelpers

/// Asks `/require` again and again in the background, each field on a connection of its own, and counts what comes.
final class Load: Sendable {
    private struct State {
        /// How often each answer came: `<name> <status> <x-authgear-session-valid>`, or `<name> <error>`.
        var seen: [String: Int] = [:]
        var isStopped = false
        var running = 0
    }

    private let state = NIOLockedValueBox(State())

    /// - Parameter fields: the field line to send, by the name under which its answers are counted.
    init(_ address: Address, fields: [String: String]) {
        state.withLockedValue { $0.running = fields.count }
        for (name, field) in fields {
            Thread.detachNewThread { [self] in
                var connection: HTTPConnection?
                while !state.withLockedValue({ $0.isStopped }) {
                    let answer = Self.ask(address, field, &connection)
                    state.withLockedValue { $0.seen["\(name) \(answer)", default: 0] += 1 }
                }
                state.withLockedValue { $0.running -= 1 }
            }
        }
    }

    /// How many of the answers so far begin with this.
    func count(_ prefix: String) -> Int {
        state.withLockedValue { $0.seen.filter { $0.key.hasPrefix(prefix) }.values.reduce(0, +) }
    }

    /// Waits until some more answers have come.
    func waitForMore(_ answers: Int = 200) throws {
        let before = count("")
        _ = try eventually("\(answers) more answers") { count("") >= before + answers ? true : nil }
    }

    /// Ends it, and says how often each answer came.
    func stop() -> [String: Int] {
        state.withLockedValue { $0.isStopped = true }
        _ = try? eventually("the load to end") { state.withLockedValue { $0.running } == 0 ? true : nil }
        return state.withLockedValue { $0.seen }
    }

    private static func ask(_ address: Address, _ field: String, _ connection: inout HTTPConnection?) -> String {
        do {
            let current = try connection ?? HTTPConnection(to: address)
            connection = current
            let response = try current.get("/require", field)
            return "\(response.status) \(response["x-authgear-session-valid"] ?? "nil")"
        } catch {
            connection = nil
            return "\(error)"
        }
    }
}
