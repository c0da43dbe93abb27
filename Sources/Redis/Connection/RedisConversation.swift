import Bytes

/// What both conversations with Redis, the data connection's and the feed's, have in common for whoever has the socket: bytes in,
/// bytes out, deadlines. No I/O and no clock: all times are nanoseconds of the steady clock.
package protocol RedisConversation: ~Copyable {
    /// The transport stands.
    mutating func connected(at now: Int64)
    /// The server sent bytes.
    mutating func receive(_ bytes: RawSpan, at now: Int64)
    /// The server ended the connection, in whichever way.
    mutating func breakOff(at now: Int64)
    mutating func close(because failure: ConnectionFailure, at now: Int64)
    /// Expires what has lasted too long.
    mutating func expire(at now: Int64)
    /// When to call `expire` at the latest; nil while nothing is waited for.
    var deadline: Int64? { get }
    /// The connection is gone: the socket is to be closed.
    var isOver: Bool { get }
    /// Whether the set-up is done.
    var isReady: Bool { get }
    var hasOutput: Bool { get }
    /// Gives the bytes for the server to `write`, which says how many are written.
    mutating func send(by write: (RawSpan) -> Int)
}

/// Makes replies of bytes as they arrive.
protocol ReplyStream: ~Copyable {
    associatedtype Reply

    /// - Parameter take: gets each reply that is whole by them, and says whether it wants another.
    mutating func read(_ bytes: RawSpan, each take: (Reply) -> Bool) throws(ReplyError)
}

extension ReplyReader: ReplyStream {}
extension RESP3Reader: ReplyStream {}

extension RedisConversation where Self: ~Copyable {
    /// Takes each reply that has come, up to the one that ends the conversation: what is behind it counts for nothing, in whichever
    /// pieces it comes.
    ///
    /// - Parameter reader: taken out of the conversation meanwhile, because each reply is given to that while the reader still has it.
    @inline(__always)
    mutating func read<Reader: ReplyStream & ~Copyable>(
        _ bytes: RawSpan, by reader: inout Reader, at now: Int64, take: (inout Self, Reader.Reply) -> Void
    ) {
        guard !isOver else { return }
        do throws(ReplyError) {
            try reader.read(bytes) { reply in
                take(&self, reply)
                return !isOver
            }
        } catch {
            close(because: .nonsense(error), at: now)
        }
    }
}

/// What the connections to one server are told once.
package struct RedisOptions: Sendable {
    package var address: RedisAddress
    /// For the connection with its TLS handshake and its set-up together, in nanoseconds.
    package var connectTimeout: Int64
    /// For one look-up, in nanoseconds.
    package var commandTimeout: Int64
    /// How many commands may be outstanding.
    package var maximumPending: Int
    package var role: RequiredRole
    /// What the keys begin with whose changes are told; empty: all keys.
    package var trackedPrefixes: [String]
    /// In which protocol it tells of changes.
    package var version = RESPVersion.any
    /// The longest value that is read.
    package var maximumValueBytes = 4 << 20

    package init(
        address: RedisAddress, connectTimeout: Duration, commandTimeout: Duration, maximumPending: Int,
        role: RequiredRole = .primary, trackedPrefixes: [String] = []
    ) {
        self.address = address
        self.connectTimeout = connectTimeout.nanoseconds
        self.commandTimeout = commandTimeout.nanoseconds
        self.maximumPending = maximumPending
        self.role = role
        self.trackedPrefixes = trackedPrefixes
    }
}

/// Which version of the Redis serialization protocol the server tells of changes in (`sessions.redis.protocol`).
package enum RESPVersion: String, CaseIterable, Hashable, Sendable {
    /// The third where the server offers it.
    case any = "auto"
    case second = "2"
    case third = "3"
}
