/// What an error reply begins with, as far as it means something here. The rest of the message is never kept: it can
/// hold what the server chose to say.
package enum RedisErrorCode: String, CaseIterable, Error, Sendable {
    /// The server reads its data set from disk.
    case loading = "LOADING"
    /// A password is needed.
    case noAuthentication = "NOAUTH"
    /// The user or the password is wrong, or the user is off.
    case wrongPassword = "WRONGPASS"
    /// The user may not run this command or see this key.
    case noPermission = "NOPERM"
    /// Protected mode: the server has no password, so it answers on loopback alone.
    case protected = "DENIED"
    /// The server is beyond `maxmemory`.
    case outOfMemory = "OOM"
    /// The key holds something that is no string.
    case wrongType = "WRONGTYPE"
    /// The key lives on another node of a cluster.
    case moved = "MOVED"
    case ask = "ASK"
    /// The slot of the key moves between nodes of a cluster.
    case tryAgain = "TRYAGAIN"
    case clusterDown = "CLUSTERDOWN"
    /// A replica lost its primary and was told not to answer then.
    case primaryDown = "MASTERDOWN"
    /// Fewer replicas are in touch than `min-replicas-to-write` asks for.
    case tooFewReplicas = "NOREPLICAS"
    /// A script runs for too long.
    case busy = "BUSY"
    /// Persistence fails and the server was told to stop then.
    case misconfigured = "MISCONF"
    case readOnly = "READONLY"
    /// The server has as many clients as `maxclients` allows.
    case tooManyClients = "ERR max number of clients"
    case unknownCommand = "ERR unknown command"
    /// A password was given, and the default user has none.
    case noPasswordSet = "ERR AUTH <password> called without"
    /// The same, before Redis 6.
    case noPasswordSetOld = "ERR Client sent AUTH, but no password"
    /// A wrong password, before Redis 6.
    case wrongPasswordOld = "ERR invalid password"
    case databaseOutOfRange = "ERR DB index is out of range"
    /// A cluster has one database.
    case oneDatabase = "ERR SELECT is not allowed in cluster mode"
    /// `ERR`, and none of those above.
    case generic = "ERR"
    /// A code that is not in this list.
    case other = ""

    /// Reads the code off an error's message, which stands without its `-`.
    package init(message: some Sequence<UInt8>) {
        let opening = Array(message.prefix(Self.longestOpening + 1))
        let word = String(decoding: opening.prefix { byte in byte != UInt8(ascii: " ") }, as: UTF8.self)
        self = word == "ERR" ? Self(opening: opening) : Self(rawValue: word) ?? .other
    }

    /// An error whose code says nothing: what it is stands in the words that servers of each age begin with.
    private init(opening: [UInt8]) {
        self = Self.openings.first { error in opening.starts(with: error.rawValue.utf8) } ?? .generic
    }

    /// Those that are known by more than their first word.
    private static let openings = allCases.filter { $0.rawValue.utf8.contains(UInt8(ascii: " ")) }
    private static let longestOpening = allCases.map(\.rawValue.utf8.count).max() ?? 0
}

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
