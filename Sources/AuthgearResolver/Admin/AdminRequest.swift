import NIOHTTP1

/// A request of the admin listener, as far as a page looks at it.
package struct AdminRequest: Sendable {
    /// In upper case, as it was sent: `GET`.
    package var method: String
    /// As it was sent, without the query: nothing is decoded.
    package var path: String
    /// What stands behind the first `?`; empty when nothing does.
    package var query: String
    /// Several fields are one list (RFC 9110 section 5.3); empty when there is none. So with the next one.
    package var accept = ""
    package var acceptEncoding = ""
    /// Nil unless there is exactly one. So with the next one.
    package var host: String?
    /// `X-Authgear-Admin`: a field that no page of another origin can make a browser send unasked.
    package var adminField: String?

    package init(_ method: String, _ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : ""
    }

    init(_ head: HTTPRequestHead) {
        self.init(head.method.rawValue, head.uri)
        accept = head.headers["accept"].joined(separator: ",")
        acceptEncoding = head.headers["accept-encoding"].joined(separator: ",")
        host = Self.only(head.headers["host"])
        adminField = Self.only(head.headers["x-authgear-admin"])
    }

    /// The value of a parameter of the query, as it was sent: empty for one without `=`, nil for one that is not there. Of one that
    /// comes again the first counts.
    package subscript(parameter name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count > 1 ? String(parts[1]) : "" }
        }
        return nil
    }

    private static func only(_ values: [String]) -> String? {
        values.count == 1 ? values.first : nil
    }
}
