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
