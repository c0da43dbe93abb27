/// What came of trying one thing that a configuration names.
package struct Finding: Hashable, Sendable {
    package var isSound: Bool
    /// Whether it is no fault, but something that the operator should know.
    package var isHint = false
    /// What was tried, such as `store redis 127.0.0.1:6379`.
    package var subject: String
    /// What came of it, in words.
    package var result: String

    package init(_ subject: String, isSound: Bool, _ result: String) {
        self.subject = subject
        self.isSound = isSound
        self.result = result
    }

    /// Something that is no fault.
    package static func hint(_ subject: String, _ text: String) -> Finding {
        var finding = Finding(subject, isSound: true, text)
        finding.isHint = true
        return finding
    }

    /// One line: `ok     store redis 127.0.0.1:6379: reachable`.
    package var line: String {
        "\(isHint ? "hint  " : isSound ? "ok    " : "failed") \(subject): \(result)"
    }
}
