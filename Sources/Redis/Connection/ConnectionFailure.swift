import Bytes

/// Why there is no connection to Redis. Its words are ours, never the network's.
package enum ConnectionFailure: Error, Hashable, Sendable {
    /// With the operating system's reason, such as `connection refused`.
    case unreachable(String)
    /// Its host name has no address.
    case unknownHost
    /// The TLS handshake failed, the certificate isn't trusted, or a file of ours is wrong.
    case tls(String)
    /// The transport stands, and the set-up was not answered within `connect_timeout`.
    case silent
    /// Commands are outstanding and nothing came for twice `command_timeout`.
    case stuck
    case refused(SetUpCommand.Name, RedisErrorCode)
    case nonsense(ReplyError)
    /// A reply came that nobody had asked for.
    case unsolicited
    /// A record came that is not the one that was asked for.
    case mixedUp
    /// The server closed it before the set-up was done.
    case turnedAway
    /// The server closed it.
    case closedByServer
    /// It leads to another server than the connection that it belongs to, or nobody says to which.
    case elsewhere
    /// Its address leads elsewhere by now.
    case left
    /// The Sentinels call another server the primary.
    case moved
    /// More changes come than it pays to be told of (`InvalidationStorm`).
    case stormy
    /// The configuration says otherwise by now.
    case reconfigured
    /// Its user or password is another by now, and it can't be told of that.
    case renewed
    /// It does not say all that it takes to believe that it tells of changes.
    case unclear(ProofGap)
    /// It does not lead to a server that is believed.
    case unproven(ProofFailure)
    /// We closed it.
    case stopped

    /// What those are told who wait when the connection fails.
    package var lookUpFailure: LookUpFailure {
        switch self {
        case .nonsense, .unsolicited: .refused
        case .unproven: .notPrimary
        default: .disconnected
        }
    }

    /// The whole sentence, with where and what to do: for logs and `/readyz`.
    package func reason(at address: RedisAddress) -> String {
        switch self {
        case .unreachable(let words): "cannot reach redis at \(address): \(words)"
        case .unknownHost: "cannot reach redis at \(address): the host name has no address"
        case .tls(let words): "cannot speak TLS with redis at \(address): \(words)"
        case .silent:
            "redis at \(address) did not answer within connect_timeout: \(Self.question(at: address.endpoint))"
        case .stuck: "redis at \(address) stopped answering"
        case .refused(.auth, .generic):
            "redis at \(address) refused AUTH: it is too old to know users (before redis 6): leave the user out of the URL"
        case .refused(let command, let error): "redis at \(address) refused \(command.rawValue): \(error.words)"
        case .nonsense(.malformed): "what answers at \(address) does not speak the redis protocol"
        case .nonsense(.tooLarge): "redis at \(address) sent a reply larger than is allowed"
        case .unsolicited: "redis at \(address) sent a reply that nobody asked for"
        case .mixedUp:
            "redis at \(address) gave another record than was asked for: does a proxy in between mix replies up?"
        case .turnedAway: "redis at \(address) closed the connection at once: does it want TLS (rediss://)?"
        case .closedByServer: "redis at \(address) closed the connection"
        case .elsewhere: "\(address) leads to several redis servers: changes that one tells of may not be another's"
        case .left: "\(address) leads to another address than the one that was connected to"
        case .moved: "redis at \(address) is left: the Sentinels call another server the primary"
        case .stormy:
            "redis at \(address) tells of more than 5,000 changes a second, and fewer than half of the look-ups are found in memory: "
                + "for a minute it is not listened to (sessions.cache.mode: auto)"
        case .reconfigured: "the configuration was changed; \(address) is connected to anew"
        case .renewed: "user or password for \(address) were changed; it is connected to anew"
        case .unclear(let gap): "redis \(gap.words)"
        case .unproven(let failure): failure.reason(at: "\(address)")
        case .stopped: "the connection to redis at \(address) was closed"
        }
    }

    /// What may be behind a server's silence. Neither side of a TLS mismatch says anything.
    private static func question(at endpoint: RedisAddress.Endpoint) -> String {
        switch endpoint {
        case .tcp, .sentinels: "does it want TLS (rediss://)?"
        case .tls: "does it speak TLS on this port?"
        case .unix: "is it overloaded?"
        }
    }
}

/// Failures of the transport.
extension ConnectionFailure {
    package static let noAnswer = ConnectionFailure.unreachable("no answer within connect_timeout")

    /// - Parameter code: the system's error number.
    package init(errno code: Int32) {
        self = .unreachable(Self.words(errno: code))
    }

    private static func words(errno code: Int32) -> String {
        switch SystemError(code: code).cause {
        case .notFound: "no such socket"
        case .unreachable: "no route to host"
        case .timedOut: "connection timed out"
        case .connectionRefused, .connectionReset, .permissionDenied: SystemError(code: code).description
        default: "system error \(code)"
        }
    }
}
