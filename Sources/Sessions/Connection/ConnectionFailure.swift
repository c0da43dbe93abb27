import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why there is no connection to Redis. Its words are ours and the operating system's, never the network's.
package enum ConnectionFailure: Error, Sendable {
    /// The operating system's words, such as `connection refused`.
    case unreachable(String)
    /// Its host name has no address.
    case unknownHost
    /// The TLS handshake failed, or the certificate isn't trusted.
    case tls(String)
    /// Not connected and set up within `connect_timeout`.
    case silent
    /// Commands are outstanding and nothing came for twice `command_timeout`.
    case stuck
    case refused(SetUpCommand.Name, RedisErrorCode)
    case nonsense(ReplyError)
    /// A reply came that nobody had asked for.
    case unsolicited
    case closedByServer
    /// We closed it.
    case stopped

    /// Sorts what NIO reports.
    init(_ error: any Error) {
        switch error {
        case let failure as ConnectionFailure: self = failure
        case let error as NIOConnectionError: self.init(connecting: error)
        case let error as IOError: self = .unreachable(Self.words(errno: error.errnoCode))
        case ChannelError.connectTimeout: self = .silent
        case let error as NIOSSLError: self = .tls("\(error)")
        case let error as BoringSSLError: self = .tls("\(error)")
        case let error as NIOSSLExtraError: self = .tls("\(error)")
        default: self = .unreachable("\(error)")
        }
    }

    /// Of a name's several addresses the last failure is told: they seldom differ.
    private init(connecting error: NIOConnectionError) {
        if let last = error.connectionErrors.last {
            self.init(last.error)
        } else {
            self = error.dnsAError != nil || error.dnsAAAAError != nil ? .unknownHost : .silent
        }
    }

    private static func words(errno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "connection reset"
        case ENOENT: "no such socket"
        case EACCES, EPERM: "permission denied"
        case ETIMEDOUT: "connection timed out"
        case EHOSTUNREACH, ENETUNREACH: "no route to host"
        default: "system error \(code)"
        }
    }

    /// The whole sentence, with where and what to do: for logs and `/readyz`.
    package func reason(at address: RedisAddress) -> String {
        switch self {
        case .unreachable(let words): "cannot reach redis at \(address): \(words)"
        case .unknownHost: "cannot reach redis at \(address): the host name has no address"
        case .tls(let words): "cannot speak TLS with redis at \(address): \(words)"
        case .silent: "redis at \(address) did not answer within connect_timeout"
        case .stuck: "redis at \(address) stopped answering"
        case .refused(.auth, .generic): "redis at \(address) refused AUTH: no such user, or it has no password set"
        case .refused(.select, _): "redis at \(address) refused SELECT: is the database number right?"
        case .refused(let command, let error): "redis at \(address) refused \(command.rawValue): \(error.words)"
        case .nonsense(.malformed): "what answers at \(address) does not speak the redis protocol"
        case .nonsense(.tooLarge): "redis at \(address) sent a reply larger than is allowed"
        case .unsolicited: "redis at \(address) sent a reply that nobody asked for"
        case .closedByServer: "redis at \(address) closed the connection"
        case .stopped: "the connection to redis at \(address) was closed"
        }
    }
}
