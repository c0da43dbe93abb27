/// What a request says that bears on the decision: where it was sent and the credentials' fields, as places in the
/// bytes of the request head.
package struct Arrival: Sendable {
    package var endpoint: Endpoint
    /// The value of the one `Authorization` field, without surrounding white space.
    package var authorization: FieldValue?
    /// What the gateway passed on of the client, the same: Authgear shows it to users.
    package var userAgent: FieldValue?
    package var forwardedFor: FieldValue?
    /// The value of the first `Cookie` field, the same; nil when there is none.
    package private(set) var firstCookie: FieldValue?
    /// Where the value of the last `Cookie` field ends.
    package private(set) var cookiesEnd: Int32 = 0

    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// Adds the value of a `Cookie` field that stands behind the others.
    package mutating func append(cookie: FieldValue) {
        if firstCookie == nil { firstCookie = cookie }
        cookiesEnd = cookie.end
    }

    /// The values of all `Cookie` fields.
    package var cookies: CookieFields { CookieFields(self) }
}
