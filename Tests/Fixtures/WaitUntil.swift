/// Waits until something is so: looks again, a bounded number of times. Throws when it is not so even then.
///
/// Nothing here measures time: the pause between two looks only leaves the processor to what is waited for.
///
/// - Parameter place: where it is waited, for the error's words.
package func waitUntil(
    place: String = #fileID, line: Int = #line, isolation: isolated (any Actor)? = #isolation,
    _ isSo: () async throws -> Bool
) async throws {
    for _ in 0..<60_000 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(1))
    }
    throw InVain(description: "\(place):\(line): waited in vain")
}

private struct InVain: Error, CustomStringConvertible {
    let description: String
}
