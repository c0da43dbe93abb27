/// An answer that would be longer than it may be, such as that of a user with very many roles.
package struct LongAnswer: Sendable {
    /// The header whose value is too long; nil: the answer as a whole is.
    package let header: String?
    /// How long it would be, in bytes.
    package let bytes: Int
    /// How long it may be.
    package let limit: Int

    package init(header: String?, bytes: Int, limit: Int) {
        self.header = header
        self.bytes = bytes
        self.limit = limit
    }
}

/// How many answers were too long, and the last of them.
package struct LongAnswers: Sendable {
    package private(set) var last: LongAnswer
    package private(set) var count = 1

    package init(first: LongAnswer) {
        last = first
    }

    mutating func add(_ answer: LongAnswer) {
        last = answer
        count += 1
    }
}
