import AsyncHTTPClient
import Bytes
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

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
            case NIOSSLError.handshakeFailed(let error): .tls(Self.isUntrusted(error) ? .untrusted : .handshake)
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
    private static func isUntrusted(_ error: BoringSSLError) -> Bool {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    }
}
