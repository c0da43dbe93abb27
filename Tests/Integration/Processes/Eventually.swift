import Foundation

/// Waits for what another process brings about: asks again, a bounded number of times. An error counts as "not yet",
/// but `GaveUp` as "never".
/// Nothing here measures time: the pause between two tries only leaves the processor to the one that is waited for.
func eventually<Value>(_ what: @autoclosure () -> String, _ attempt: () throws -> Value?) throws -> Value {
    var last: (any Error)?
    for _ in 0..<3_000 {
        do {
            if let value = try attempt() { return value }
        } catch let error as GaveUp {
            throw error
        } catch {
            last = error
        }
        _ = poll(nil, 0, 10)
    }
    throw GaveUp(what: what(), last: last)
}

/// What did not happen, or can't.
struct GaveUp: Error, CustomStringConvertible {
    var what: String
    var last: (any Error)?

    static func ended(_ process: ChildProcess) -> GaveUp {
        GaveUp(what: "a process that has ended:\n\(process.output)")
    }

    var description: String { "waited in vain for \(what)" + (last.map { "; the last error: \($0)" } ?? "") }
}
