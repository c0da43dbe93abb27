/// The first word of an error reply, as far as it means something here. The rest of the message is never kept: it can
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
    /// The server is beyond `maxmemory`.
    case outOfMemory = "OOM"
    /// The key holds something that is no string.
    case wrongType = "WRONGTYPE"
    /// The key lives on another node of a cluster.
    case moved = "MOVED"
    case ask = "ASK"
    case clusterDown = "CLUSTERDOWN"
    /// A replica lost its primary and was told not to answer then.
    case primaryDown = "MASTERDOWN"
    /// A script runs for too long.
    case busy = "BUSY"
    /// Persistence fails and the server was told to stop then.
    case misconfigured = "MISCONF"
    case readOnly = "READONLY"
    /// Anything without a code of its own.
    case generic = "ERR"
    /// A code that is not in this list.
    case other = ""

    /// Reads the code off an error's message, which stands without its `-`.
    package init(message: some Sequence<UInt8>) {
        let word = message.prefix(Self.longestCode + 1).prefix { byte in byte != UInt8(ascii: " ") }
        self = Self(rawValue: String(decoding: word, as: UTF8.self)) ?? .other
    }

    private static let longestCode = 16

    /// The error in words of our own.
    package var words: String {
        switch self {
        case .loading: "it is loading its data (LOADING)"
        case .noAuthentication: "it wants a password (NOAUTH)"
        case .wrongPassword: "user or password is wrong (WRONGPASS)"
        case .noPermission: "the user may not do this (NOPERM)"
        case .outOfMemory: "it is out of memory (OOM)"
        case .wrongType: "the key holds something that is no string (WRONGTYPE)"
        case .moved, .ask: "the key is on another cluster node (\(rawValue)); a cluster is not supported"
        case .clusterDown: "the cluster is down (CLUSTERDOWN)"
        case .primaryDown: "this replica has lost its primary (MASTERDOWN)"
        case .busy: "it is busy running a script (BUSY)"
        case .misconfigured: "it can't save its data and refuses to work (MISCONF)"
        case .readOnly: "it is read-only (READONLY)"
        case .generic: "it answered with an error (ERR)"
        case .other: "it answered with an error"
        }
    }
}
