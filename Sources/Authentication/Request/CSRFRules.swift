import Bytes

/// When a cookie may be used: only where the request can't have been forged by another site (contract section 17).
package struct CSRFRules: Hashable, Sendable {
    /// The cookie and the header that have to hold the same value.
    package struct Token: Hashable, Sendable {
        package var cookie: [UInt8]

        package init(cookie: String) { self.cookie = Array(cookie.utf8) }
    }

    /// Who may send requests that change something, as `Origin` names them (RFC 6454 section 7), byte for byte.
    package var origins: [[UInt8]]
    /// Nil: `Sec-Fetch-Site` or `Origin` has to say it.
    package var token: Token?

    package init(origins: [String], token: Token? = nil) {
        self.origins = origins.map { Array($0.utf8) }
        self.token = token
    }

    /// So many cookies of the token's name are looked at.
    private static let maximumCookies = 4
    /// How long a token may be.
    private static let tokenLength = 32...128

    /// Whether a request's cookies may be used.
    func allow(_ request: ResolveRequest, in head: RawSpan) -> Bool {
        let fields = request.fields
        if let method = fields.single(.originalMethod), Self.isSafe(head.extracting(method.range)) { return true }
        guard let token else { return isOwnSite(fields, in: head) == true }
        // A browser that says where a request comes from has to say that it is from here.
        return isOwnSite(fields, in: head) != false && holds(token, request, in: head)
    }

    /// Methods that change nothing (RFC 9110 section 9.2.1).
    private static func isSafe(_ method: RawSpan) -> Bool {
        method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS") || method.equals("TRACE")
    }

    /// Whether the browser says that the request comes from a site that may send it; nil when it does not say.
    private func isOwnSite(_ fields: RequestFields, in head: RawSpan) -> Bool? {
        guard fields[.fetchSite] != nil || fields[.origin] != nil else { return nil }
        if let site = fields.single(.fetchSite) {
            let value = head.extracting(site.range)
            if value.equals("same-origin") || value.equals("none") { return true }
        }
        guard let origin = fields.single(.origin) else { return false }
        let value = head.extracting(origin.range)
        for known in origins where known.span.bytes.equals(value) { return true }
        return false
    }

    /// Whether the header is one of the cookies, which another site can neither read nor set.
    private func holds(_ token: Token, _ request: ResolveRequest, in head: RawSpan) -> Bool {
        guard let field = request.fields.single(.csrfToken) else { return false }
        let value = head.extracting(field.range)
        guard Self.tokenLength.contains(value.byteCount), value.isTokenText else { return false }
        var holds = false
        var count = 0
        var cookies = request.fields.cookies
        while let cookie = cookies.next(in: head) {
            var scanner = CookieScanner(cookie)
            while count < Self.maximumCookies, let known = scanner.next(named: token.cookie, in: head) {
                count += 1
                // No early end: how long it takes tells nothing of the value.
                holds = head.extracting(known.range).equalsInConstantTime(value) || holds
            }
        }
        return holds
    }
}

extension RawSpan {
    /// Whether all bytes are `A-Za-z0-9_-`.
    fileprivate var isTokenText: Bool {
        for offset in 0..<byteCount {
            switch self[byte: offset] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }

    fileprivate func equalsInConstantTime(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var difference: UInt8 = 0
        for offset in 0..<byteCount { difference |= self[byte: offset] ^ other[byte: offset] }
        return difference == 0
    }
}
