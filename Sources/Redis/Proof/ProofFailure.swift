/// Why a server is not believed. While the last proof failed, nothing is read from it and nothing answered from memory.
package enum ProofFailure: Hashable, CaseIterable, Sendable {
    /// It is a replica, and the primary is wanted.
    case replica
    /// It is a replica that does not hear from its primary.
    case linkDown
    /// It is a replica that has not heard from its primary for longer than is allowed.
    case lagging
    /// It is neither a primary nor a replica.
    case otherRole
    /// In the middle of a connection another server answers.
    case anotherServer
    /// In the middle of a connection the server takes it for another client's.
    case anotherClient
    /// The server does not tell our feed of our keys' changes any more.
    case untold
    /// A reply came in another's place.
    case outOfStep
    /// It is another server than the one that tells the process of changes.
    case notTheFeeds

    /// The whole sentence.
    ///
    /// - Parameter place: where the server is, without user and password.
    package func reason(at place: String) -> String {
        switch self {
        case .replica:
            "redis at \(place) is a replica, which may be behind: sessions are read from the primary alone "
                + "(sessions.redis.role: any lets replicas serve)"
        case .linkDown: "redis at \(place) is a replica that has lost its primary, or is not in step with it yet"
        case .lagging:
            "redis at \(place) is a replica that has not heard from its primary for sessions.redis.max_replica_lag"
        case .otherRole: "redis at \(place) says that it is neither a primary nor a replica"
        case .anotherServer: "in the middle of a connection \(place) led to another redis: \(Self.question)"
        case .anotherClient: "redis at \(place) took one connection for two clients: \(Self.question)"
        case .untold: "redis at \(place) stopped telling this client of changes: \(Self.question)"
        case .notTheFeeds:
            "\(place) leads to several redis servers: this one is not the one that tells of changes"
        case .outOfStep: "replies from \(place) are out of step with what was asked: \(Self.question)"
        }
    }

    private static let question = "is a proxy in between that shares connections?"
}

/// What could not be proven of a server because it does not say. Records are read from it all the same, each anew.
package enum ProofGap: Hashable, Sendable {
    /// The server refused the question.
    case refused(ServerProof.Question, RedisErrorCode)
    /// It answered otherwise than Redis does.
    case unclear(ServerProof.Question)
    /// The feed is gone that it would tell of changes.
    case feedGone
    /// Its data have become others: what was read before may be of the ones that it had.
    case dataReplaced

    /// What the server did, such as `refused INFO replication: the user may not do this (NOPERM)`.
    package var words: String {
        switch self {
        case .refused(.tracking, .generic), .refused(.tracking, .unknownCommand):
            "refused CLIENT TRACKINGINFO: it is older than redis 6.2, or a proxy"
        case .refused(let question, let error): "refused \(question.rawValue): \(error.words)"
        case .unclear(let question): "did not answer \(question.rawValue) as redis does"
        case .feedGone: "lost the connection on which it tells of changes"
        case .dataReplaced: "has other data than before: it was promoted, or has a new primary"
        }
    }
}
