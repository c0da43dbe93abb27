package import Authentication

/// What an event loop asks of its store. The reply carries the question's number.
package struct Question: Sendable {
    package let number: Int
    package let query: RecordQuery

    package init(number: Int, query: RecordQuery) {
        self.number = number
        self.query = query
    }
}
