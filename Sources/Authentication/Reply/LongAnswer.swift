/// An answer that would be longer than it may be, such as that of a user with very many roles.
package struct LongAnswer: Sendable {
    /// The header whose value is too long; nil: the head as a whole is.
    package let header: StaticString?
    /// How long it would be, in bytes.
    package let bytes: Int
    /// How long it may be.
    package let limit: Int

    package init(header: StaticString?, bytes: Int, limit: Int) {
        self.header = header
        self.bytes = bytes
        self.limit = limit
    }
}
