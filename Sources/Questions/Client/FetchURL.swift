import Bytes

/// A URL that may be asked: `https`, or `http` on a loopback host (RFC 3986).
///
/// It is taken apart and put together here, so what is checked is what is fetched: no user information, no characters
/// that two parsers might read differently.
package struct FetchURL: Hashable, Sendable {
    /// What keeps a text from being such a URL.
    package enum Problem: Error, Hashable, Sendable {
        /// it is not an absolute http or https URL
        case malformed
        /// it is http, and its host is not a loopback address
        case insecure
    }

    package let isSecure: Bool
    /// In lower case; an IPv6 address is in brackets.
    package let host: String
    package let port: UInt16?
    /// Path and query; it begins with a slash.
    package let target: String

    /// Where an issuer says what endpoints it has, unchecked (OpenID Connect Discovery 1.0 section 4.1): a slash that ends the issuer is
    /// left out before the well-known path.
    package static func openIDConfiguration(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// - Parameter isInsecureAllowed: whether `http` may lead to other hosts than loopback.
    package init(_ text: String, isInsecureAllowed: Bool = false) throws(Problem) {
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ $0.isVisible && $0 != UInt8(ascii: "\\") }) else {
            throw .malformed
        }
        let parts = URLParts(text)
        guard let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let place = try? HostAndPort(parts.authority)
        else { throw .malformed }
        isSecure = scheme == "https"
        host = (place.isIPv6 ? "[\(place.host)]" : String(place.host)).lowercased()
        port = place.port
        let target = parts.rest.prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
        guard isSecure || isLoopback || isInsecureAllowed else { throw .insecure }
    }

    /// Its host is 127.0.0.0/8 in its usual spelling, ::1 or localhost.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { $0.count <= 3 && UInt8($0) != nil }
    }

    /// Host and port, as the `Host` field has them (RFC 9110 section 7.2).
    package var authority: String { host + (port.map { ":\($0)" } ?? "") }

    package var text: String {
        (isSecure ? "https://" : "http://") + authority + target
    }

    /// What a person is told of it: the text without the query, which may hold a secret.
    package var place: String { String(text.prefix { $0 != "?" }) }

    /// The URL that a `Location` header leads to from here (RFC 9110 section 10.2.2); never from https to http.
    package func following(location: String) throws(Problem) -> FetchURL {
        let next = try FetchURL(resolve(reference: location.prefix { $0 != "#" }))
        guard next.isSecure || !isSecure else { throw .insecure }
        let path = next.target.prefix { $0 != "?" }
        return FetchURL(next, target: Self.removingDotSegments(from: path) + next.target.dropFirst(path.count))
    }

    /// What a reference without its fragment means from here (RFC 3986 section 5.2.2), dot segments still in it.
    private func resolve(reference: Substring) -> String {
        let origin = FetchURL(self, target: "").text
        let path = target.prefix { $0 != "?" }
        let hasScheme = reference.first { ":/?".contains($0) } == ":"
        return switch true {
        case hasScheme: String(reference)
        case reference.hasPrefix("//"): (isSecure ? "https:" : "http:") + reference
        case reference.hasPrefix("/"): origin + reference
        case reference.hasPrefix("?"): origin + path + reference
        case reference.isEmpty: text
        default: origin + path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex) + reference
        }
    }

    /// RFC 3986 section 5.2.4, for a path that begins with a slash.
    private static func removingDotSegments(from path: Substring) -> String {
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var kept: [Substring] = []
        for segment in segments {
            if segment == ".." { _ = kept.popLast() } else if segment != "." { kept.append(segment) }
        }
        // A folder stays a folder.
        if let last = segments.last, last == "." || last == ".." { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }

    private init(_ url: FetchURL, target: String) {
        (isSecure, host, port, self.target) = (url.isSecure, url.host, url.port, target)
    }
}

extension FetchURL.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "it is not an absolute http or https URL"
        case .insecure: "it is http, and its host is not a loopback address"
        }
    }
}
