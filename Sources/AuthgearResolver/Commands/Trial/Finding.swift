/// What came of trying one thing that a configuration names.
package struct Finding: Hashable, Sendable {
    package var isSound: Bool
    /// What was tried, such as `store redis 127.0.0.1:6379`.
    package var subject: String
    /// What came of it, in words.
    package var result: String

    package init(_ subject: String, isSound: Bool, _ result: String) {
        self.subject = subject
        self.isSound = isSound
        self.result = result
    }

    /// One line: `ok     store redis 127.0.0.1:6379: reachable`.
    package var line: String {
        "\(isSound ? "ok    " : "failed") \(subject): \(result)"
    }
}
