import Bytes

/// What headers of the configuration may be called: who adds one must not break a message, or say what only we say.
enum HeaderName {
    static let allowed =
        "1 to 63 lower-case letters, digits and hyphens; no header that the answer or its connection needs, and none of ours"

    /// What can't be set without changing the message, its connection, or who is asked for what (RFC 9110 section 7.6.1).
    private static let reserved: Set = [
        "connection", "content-encoding", "content-length", "content-type", "date", "expect", "keep-alive",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",
        "authorization", "cookie", "set-cookie", "host", "location", "www-authenticate",
        // What the client's own request is (`original`).
        "x-original-method", "x-original-uri", "x-forwarded-method", "x-forwarded-uri",
    ]

    /// What is read of a request as what it is, so that no value of the configuration's can stand in it.
    private static let read: Set = [
        "user-agent", "x-forwarded-for", "origin", "sec-fetch-site", "sec-fetch-mode", "accept",
        "access-control-request-method", "dpop",
    ]

    /// What answers say to a backend, in their order: a gateway sets or clears each in every request.
    static let answered = AnswerHeaders.eight + AnswerHeaders.further

    /// What an assertion stands in, unless the configuration says another.
    static let assertion = AnswerHeaders.assertion

    /// Our names: what stands in them is ours to say.
    private static let own = Set(answered + ["x-authgear-login", "x-authgear-resolver-error", "x-authgear-admin"])

    /// Why a header that is of the configuration's own making, in requests or to backends, can't be called that; nil when it can.
    static func problem(withRead name: String) -> String? {
        problem(with: name) ?? (read.contains(name) ? "is a header that is read for what it is" : nil)
    }

    /// Why a header can't be called that; nil when it can.
    static func problem(with name: String) -> String? {
        guard (1...63).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0) })
        else { return "is not a header's name in lower case" }
        if reserved.contains(name) { return "is a header that the message needs" }
        // nginx acts on these, also in an answer to itself.
        if name.hasPrefix("x-accel-") { return "is a header that nginx acts on" }
        if own.contains(name) { return "is a header of ours" }
        return nil
    }
}
