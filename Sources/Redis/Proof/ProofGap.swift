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
