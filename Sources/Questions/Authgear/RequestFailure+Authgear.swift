import Authentication
import Glibc

extension RequestFailure {
    /// What it means for a credential that was asked about.
    var authgearFailure: AuthgearFailure {
        switch self {
        case .trust, .proxy, .nameNotResolved, .notConnected, .tls, .unanswered, .connectionEnded, .stopped:
            .unreachable
        case .timedOut: .timedOut
        case .brokenAnswer, .status, .redirect, .tooLarge: .refused
        }
    }

    /// The connection ended before an answer began.
    var isEarlyEnd: Bool {
        [.unanswered, .notConnected(errno: ECONNRESET), .notConnected(errno: EPIPE)].contains(self)
    }
}
