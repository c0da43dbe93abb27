import Authentication
import Bytes

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
        switch self {
        case .unanswered: true
        case .notConnected(let error?): error.cause == .connectionReset
        default: false
        }
    }
}
