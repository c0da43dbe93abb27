/// The `Set-Cookie` that takes a `session` cookie back which proves nothing any more.
package struct ClearingCookie: Hashable, Sendable {
    /// Nil: the cookie is that of the host alone.
    package var domain: String?
    package var isSecure: Bool

    package init(domain: String? = nil, isSecure: Bool = true) {
        self.domain = domain
        self.isSecure = isSecure
    }

    /// The field's value (RFC 6265 section 4.1).
    ///
    /// - Parameter prefix: what stands before `session` in the cookie's name.
    func value(prefix: String) -> String {
        let domain = domain.map { "; Domain=\($0)" } ?? ""
        let past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        let secure = isSecure ? "; Secure" : ""
        return "\(prefix)session=; Path=/\(domain); \(past); HttpOnly\(secure); SameSite=Lax"
    }
}
