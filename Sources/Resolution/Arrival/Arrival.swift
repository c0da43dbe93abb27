/// What a request says that bears on the decision: where it was sent and the credentials' fields, as places in the
/// bytes of the request head.
package struct Arrival: Sendable {
    /// How many `Cookie` field lines one request may have; the listener answers 431 beyond it.
    package static let maximumCookieFields = 8

    package var endpoint: Endpoint
    /// The value of the one `Authorization` field, without surrounding white space.
    package var authorization: FieldValue?
    /// The values of the `Cookie` fields, in order; the first `cookieCount` count.
    package private(set) var cookies: InlineArray<8, FieldValue>
    package private(set) var cookieCount: Int

    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
        self.authorization = nil
        self.cookies = InlineArray(repeating: FieldValue(start: 0, end: 0))
        self.cookieCount = 0
    }

    /// Adds the value of a `Cookie` field; false when there are too many.
    package mutating func append(cookie: FieldValue) -> Bool {
        guard cookieCount < Self.maximumCookieFields else { return false }
        cookies[cookieCount] = cookie
        cookieCount += 1
        return true
    }
}
