package import Bytes
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
    /// The connection ended before an answer began.
    case unanswered
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
