package import Authentication

/// What an event loop asks of its store. The reply carries the question's number.
package struct Question: Sendable {
    package let number: Int
    package let query: RecordQuery
    /// When it was asked, on the steady clock, in nanoseconds; nil: now.
    package let asked: Int64?

    package init(number: Int, query: RecordQuery, asked: Int64? = nil) {
        self.number = number
        self.query = query
        self.asked = asked
    }
}
