package import Authentication
package import EventLoop
import Worker

/// What `demo` prints: lines to paste, each after a comment that says what it answers.
package struct DemoScript {
    private let credentials: DemoCredentials
    private let address: ListenAddress
    private let admin: ListenAddress
    private let authgearPort: Int
    private let absence: DeliveryRules.Absence

    /// - Parameters:
    ///   - address: where the gateway's requests are answered.
    ///   - admin: where the operator's are.
    ///   - authgearPort: where the demo's Authgear is, on loopback.
    ///   - absence: what becomes of headers without a value.
    package init(
        _ credentials: DemoCredentials, on address: ListenAddress, admin: ListenAddress, authgearPort: Int,
        absence: DeliveryRules.Absence = .omit
    ) {
        self.absence = absence
        self.authgearPort = authgearPort
        self.credentials = credentials
        self.address = address
        self.admin = admin
    }

    package var text: String {
        let valid = "200, x-authgear-session-valid: true, x-authgear-user-id: \(DemoCredentials.user)"
        let asked = "200, x-authgear-session-valid: true, x-authgear-user-id: \(DemoCredentials.newcomer)"
        let authgear = "http://127.0.0.1:\(authgearPort)"
        let invalid = "200, x-authgear-session-valid: false"
        return """
            # Listening on \(address); /healthz, /readyz, /metrics, /status and the operator's changes on \(admin).
            # End with Ctrl-C.
            # Paste a line to ask who is calling. With /require instead of /resolve, strangers are turned away: 401.

            # a valid JWT: \(valid)
            \(curl("Authorization: Bearer \(credentials.validToken)"))

            # an expired JWT: \(invalid)
            \(curl("Authorization: Bearer \(credentials.expiredToken)"))

            # a forged JWT: \(invalid)
            \(curl("Authorization: Bearer \(credentials.forgedToken)"))

            # a valid session cookie: \(valid)
            \(curl("Cookie: session=\(credentials.validCookie)"))

            # a revoked session cookie: \(invalid)
            \(curl("Cookie: session=\(credentials.revokedCookie)"))

            # an opaque token: \(valid)
            \(curl("Authorization: Bearer \(credentials.opaqueToken)"))

            # its revocation, which is a matter of Authgear's (the demo has a little one): 200
            curl -si -d token=\(credentials.opaqueToken) \(authgear)\(DemoAuthgear.revocationPath)

            # the opaque token once it is revoked: \(invalid)
            \(curl("Authorization: Bearer \(credentials.opaqueToken)"))

            # an app_session cookie: \(valid)
            \(curl("Cookie: app_session=\(credentials.appSession)"))

            # a session cookie of a user whose record is missing, so that Authgear is asked: \(asked)
            \(curl("Cookie: session=\(credentials.newcomerCookie)"))

            # no credential: 200, \(absence == .omit ? "no x-authgear header" : "each x-authgear header empty")
            \(curl(nil))

            """
    }

    /// A command that asks with a header field.
    private func curl(_ field: String?) -> String {
        let header = field.map { "-H '\($0)' " } ?? ""
        return switch address {
        case .unix(let path): "curl -si --unix-socket '\(path)' \(header)http://localhost/resolve"
        case .tcp(let host, let port): "curl -si \(header)\(Self.url(host: host, port: port))"
        }
    }

    /// How an address that is listened on is reached from this machine; in quotes when a shell could misread it.
    private static func url(host: String, port: Int) -> String {
        switch host {
        case "0.0.0.0": "http://127.0.0.1:\(port)/resolve"
        case "::": "'http://[::1]:\(port)/resolve'"
        default: host.contains(":") ? "'http://[\(host)]:\(port)/resolve'" : "http://\(host):\(port)/resolve"
        }
    }
}

extension ListenAddress {
    /// Where the demo's admin listener is: on loopback, one port further; any port when that is any. Beside a Unix socket
    /// it is where the configuration has it by default.
    package var neighbour: ListenAddress {
        switch self {
        case .unix: Configuration.Admin().listen
        case .tcp(_, port: 0): .tcp(host: "127.0.0.1", port: 0)
        case .tcp(_, port: 65_535): .tcp(host: "127.0.0.1", port: 65_534)
        case .tcp(_, let port): .tcp(host: "127.0.0.1", port: port + 1)
        }
    }
}
