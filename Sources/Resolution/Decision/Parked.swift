/// A request that waits: what is left of its decision. It can be resumed once, and only by the resolver that parked it.
package struct Parked: ~Copyable {
    let endpoint: Endpoint
    /// What the credentials before the pursued one came to.
    var findings: Findings
    /// The credential that the wait is about.
    var pursuit: Pursuit
    /// What the request is likely to ask for next: who reads it now spares a wait.
    package internal(set) var ahead: RecordQuery?
    /// The session cookies that come after it, at most `Resolver.maximumCookies`, in order.
    var cookies: ArraySlice<SessionCookie>

    init(
        endpoint: Endpoint, findings: Findings, pursuit: Pursuit, ahead: RecordQuery? = nil,
        cookies: ArraySlice<SessionCookie>
    ) {
        self.endpoint = endpoint
        self.findings = findings
        self.pursuit = pursuit
        self.ahead = ahead
        self.cookies = cookies
    }
}
