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
