import Bytes

/// An HTTP proxy that opens tunnels (RFC 9110 section 9.3.6): where it is, and how to be let in.
package struct ProxyAddress: Hashable, Sendable {
    /// What keeps a text from being a proxy's URL.
    package enum Problem: Error, Hashable, Sendable {
        /// it has another scheme than http
        case scheme
        /// it is not http://[user:password@]host[:port]
        case malformed
    }

    /// What goes into `Proxy-Authorization` (RFC 7617).
    struct Credentials: Hashable, Sendable {
        var user: String
        var password: String
    }

    /// A name or an address; one of IPv6 without brackets.
    let host: String
    let port: Int
    let credentials: Credentials?

    /// Reads a URL, or its authority alone: `http://` is what proxies are asked with unless something else is said. The
    /// port is 80 unless given. User and password are percent-decoded (RFC 3986 section 2.1).
    package init(_ text: String) throws(Problem) {
        let parts = URLParts(text)
        guard parts.scheme.map({ $0.lowercased() == "http" }) ?? true else { throw .scheme }
        // What stands in a password as it is does not end it, so the authority is all of the text.
        let authority = text[parts.authority.startIndex...]
        let (userInfo, place) = (authority.hasSuffix("/") ? authority.dropLast() : authority).splitUserInfo()
        guard let place = try? HostAndPort(place) else { throw .malformed }
        credentials = try userInfo.map { text throws(Problem) in try Self.credentials(in: text) }
        host = place.host.lowercased()
        port = place.port.map(Int.init) ?? 80
    }

    private static func credentials(in text: Substring) throws(Problem) -> Credentials {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = decode(percentEncoded: parts[0]),
            let password = decode(percentEncoded: parts.count > 1 ? parts[1] : ""), !user.isEmpty
        else {
            throw .malformed
        }
        return Credentials(user: user, password: password)
    }

    private static func decode(percentEncoded text: Substring) -> String? {
        [UInt8](percentEncoded: text).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

extension ProxyAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The place alone, such as `proxy.internal:3128`: fit for logs.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["place": description]) }
}

extension ProxyAddress.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .scheme: "its scheme is not http: a proxy is spoken to without TLS, and opens tunnels for TLS"
        case .malformed: "it is not http://[user:password@]host[:port]"
        }
    }
}

/// Why a proxy led nowhere. Its description has the proxy's place, and never its user and password.
package enum ProxyFailure: Error, Hashable, Sendable {
    /// An environment variable is no proxy's URL.
    case malformed(variable: String, ProxyAddress.Problem)
    case unreachable(ProxyAddress, reason: String)
    /// It wants a user and a password, or others (status 407).
    case unauthorized(ProxyAddress)
    /// It did not open a tunnel.
    case refused(ProxyAddress)
}

extension ProxyFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let variable, let problem): "\(variable) can't be used as a proxy's URL: \(problem)"
        case .unreachable(let proxy, let reason): "the proxy \(proxy) can't be reached: \(reason)"
        case .unauthorized(let proxy):
            "the proxy \(proxy) wants a user and a password, or others (status 407): they stand in its URL"
        case .refused(let proxy): "the proxy \(proxy) did not open a tunnel to the host"
        }
    }
}
