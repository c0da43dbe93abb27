extension RedisErrorCode {
    /// The error in words of our own, and what to do about it.
    package var words: String { "\(cause)\(code): \(remedy)" }

    /// What is the matter.
    private var cause: String {
        switch self {
        case .loading: "it is loading its data"
        case .noAuthentication: "it wants a password"
        case .wrongPassword, .wrongPasswordOld: "user or password is wrong, or the user is off"
        case .noPermission: "the user may not do this"
        case .protected: "it is in protected mode, without a password, and answers on loopback alone"
        case .outOfMemory: "it has used up its maxmemory"
        case .wrongType: "the key holds something that is no string"
        case .moved, .ask: "the key is on another node of a cluster"
        case .tryAgain: "a cluster moves its keys"
        case .clusterDown: "the cluster is down"
        case .primaryDown: "this replica has lost its primary"
        case .tooFewReplicas: "it is in touch with fewer replicas than its min-replicas-to-write asks for"
        case .busy: "it is busy running a script"
        case .misconfigured: "it can't save its data and refuses to work"
        case .readOnly: "it is read-only, a replica"
        case .tooManyClients: "it has as many clients as its maxclients allows"
        case .unknownCommand: "it does not know the command"
        case .noPasswordSet, .noPasswordSetOld: "it has no password set"
        case .databaseOutOfRange: "it has no database of that number"
        case .oneDatabase: "it is a node of a cluster, which has the database 0 alone"
        case .generic, .other: "it answered with an error"
        }
    }

    /// ` (NOAUTH)`, to look for.
    private var code: String {
        let word = rawValue.prefix { $0 != " " }
        return word.isEmpty ? "" : " (\(word))"
    }

    /// What to do.
    private var remedy: String {
        switch self {
        case .loading: "it answers when that is done"
        case .noAuthentication: "put it into sessions.redis.url, redis://user:password@host"
        case .wrongPassword, .wrongPasswordOld: "compare sessions.redis.url with what ACL LIST says there"
        case .noPermission: "give the user the rights that deploy/README.md lists"
        case .protected: "give it a password (ACL SETUSER, or requirepass) and put that into sessions.redis.url"
        case .outOfMemory: "raise maxmemory there, or choose a maxmemory-policy that evicts"
        case .wrongType: "is this Authgear's Redis, and sessions.app_id the right one?"
        case .moved, .ask, .tryAgain: "a cluster of several nodes is not supported; give a Redis that has all keys"
        case .clusterDown: "CLUSTER INFO says there what it lacks"
        case .primaryDown: "mend the link between them, or give the primary's address"
        case .tooFewReplicas: "start its replicas, or lower that setting"
        case .busy: "SCRIPT KILL ends the script there, if it has written nothing"
        case .misconfigured: "its own log says why; often its disk is full"
        case .readOnly: "give the primary's address"
        case .tooManyClients: "raise maxclients there, or close what nobody uses"
        case .unknownCommand:
            "is it a Sentinel's port (often 26379; give that of the primary), or was the command renamed?"
        case .noPasswordSet, .noPasswordSetOld: "leave user and password out of sessions.redis.url, or set one there"
        case .databaseOutOfRange: "correct the number at the end of sessions.redis.url, or raise databases there"
        case .oneDatabase: "leave the number at the end of sessions.redis.url out"
        case .generic, .other: "redis-cli, with the same user and database, shows its words"
        }
    }
}
