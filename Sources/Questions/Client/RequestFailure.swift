import AsyncHTTPClient
package import Bytes
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Trust

/// Why a request brought no answer, in the order in which a request can fail.
///
/// Its description is for a person, and holds no byte that came from the network.
package enum RequestFailure: Error, Hashable, Sendable {
    /// There is nobody whose certificates are trusted.
    case trust(TrustProblem)
    case proxy(ProxyFailure)
    case nameNotResolved
    /// No connection; the error says why where it is known.
    case notConnected(SystemError?)
    case tls(TLSProblem)
    case timedOut
    /// The connection ended before an answer began; it may have been kept from an earlier one.
    case unanswered(isKept: Bool)
    /// The connection ended within the answer.
    case connectionEnded
    /// What came was not HTTP.
    case brokenAnswer
    case status(Int)
    case redirect(RedirectRefusal)
    case tooLarge
    case stopped

    package enum TLSProblem: Hashable, Sendable {
        /// The certificate does not lead to a trusted root, or is not valid now.
        case untrusted
        /// The certificate is for another host.
        case wrongHost
        case handshake
    }

    package enum RedirectRefusal: Hashable, Sendable {
        case tooMany, insecure, malformed
    }
}

extension RequestFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .trust(let problem): "\(problem)"
        case .proxy(let failure): "\(failure)"
        case .nameNotResolved: "the host's name was not found"
        case .notConnected(let error?): "\(error)"
        case .notConnected(nil): "no connection"
        case .tls(.untrusted): "the server's certificate is not trusted"
        case .tls(.wrongHost): "the server's certificate is for another host"
        case .tls(.handshake): "the TLS handshake failed"
        case .timedOut: "no complete answer in time"
        case .unanswered: "the connection ended before an answer"
        case .connectionEnded: "the connection ended within the answer"
        case .brokenAnswer: "the answer was not HTTP"
        case .status(let code): "status \(code) instead of 200"
        case .redirect(.tooMany): "more than \(BoundedClient.redirectLimit) redirects"
        case .redirect(.insecure): "redirected to http, which is not followed"
        case .redirect(.malformed): "redirected to something that is not an http or https URL"
        case .tooLarge: "the answer is too large"
        case .stopped: "stopped before it was finished"
        }
    }
}

extension RequestFailure {
    /// What an error of the HTTP client means.
    ///
    /// - Parameter proxy: by which the URL was asked. Then it is the proxy whose name is looked up and that is connected
    ///   to, and nobody else.
    init(_ error: any Error, by proxy: ProxyAddress?) {
        let failure = Self(error)
        self =
            switch (proxy, failure, error as? HTTPClientError) {
            case (let proxy?, .nameNotResolved, _), (let proxy?, .notConnected, _):
                .proxy(.unreachable(proxy, reason: "\(failure)"))
            case (let proxy?, _, .proxyAuthenticationRequired): .proxy(.unauthorized(proxy))
            case (let proxy?, _, .invalidProxyResponse): .proxy(.refused(proxy))
            default: failure
            }
    }

    /// Its own text is not used: it may hold bytes from the network.
    private init(_ error: any Error) {
        self =
            switch error {
            case let failure as RequestFailure: failure
            case let error as HTTPClientError: Self.failure(of: error)
            case let error as NIOConnectionError: Self.failure(of: error)
            case let error as IOError: .notConnected(SystemError(code: error.errnoCode))
            case let error as NIOSSLExtraError:
                .tls(error == .failedToValidateHostname ? .wrongHost : .handshake)
            case NIOSSLError.uncleanShutdown, HTTPParserError.invalidEOFState: .connectionEnded
            case NIOSSLError.handshakeFailed(let error): .tls(Self.isUntrusted(error: error) ? .untrusted : .handshake)
            case is NIOSSLError, is BoringSSLError: .tls(.handshake)
            case is ChannelError: .notConnected(nil)
            case is CancellationError: .stopped
            default: .brokenAnswer
            }
    }

    private static func failure(of error: HTTPClientError) -> RequestFailure {
        switch error {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout:
            .timedOut
        case .cancelled, .alreadyShutdown: .stopped
        case .remoteConnectionClosed: .connectionEnded
        default: .brokenAnswer
        }
    }

    private static func failure(of error: NIOConnectionError) -> RequestFailure {
        guard let first = error.connectionErrors.first?.error else { return .nameNotResolved }
        if case ChannelError.connectTimeout? = first as? ChannelError { return .timedOut }
        return .notConnected((first as? IOError).map { SystemError(code: $0.errnoCode) })
    }

    /// The library tells which check failed in its error stack only as text; the text itself goes no further.
    private static func isUntrusted(error: BoringSSLError) -> Bool {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    }
}
