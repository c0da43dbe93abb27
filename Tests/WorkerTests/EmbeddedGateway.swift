import Authentication
import Bytes
import EventLoop
import Fixtures
import Glibc
import HTTP1
import JOSE
import Redis
import Telemetry
import Worker

/// A gateway's connection to an event loop without a thread: the loop turns when the test does something, until it has
/// nothing more to do, and the test answers the look-ups.
final class EmbeddedGateway {
    /// The event loop, and what its requests ask. Several connections can share one.
    private final class Floor {
        let mailbox = WorkerMailbox()
        var reactor: Worker
        let store = Store()
        /// Those that may be asked, the last one by what was adopted last.
        private var servers: [EmbeddedRedis]

        init(
            _ limits: ConnectionLimits, _ issuers: [TrustedIssuer], _ answer: RecordReply?, _ redis: EmbeddedRedis?,
            _ isCached: Bool
        ) throws {
            servers = redis.map { [$0] } ?? []
            let mailbox = mailbox
            let settings = try redis.map { try Self.settings(of: $0, mailbox, isCached) }
            let store = store
            let later = WorkerEffects.Store.later { questions in
                for question in questions {
                    store.queries.append(String(decoding: question.query.key, as: UTF8.self))
                    store.numbers.append(question.number)
                    store.onNextQuery.take()?()
                }
            }
            reactor = Worker(
                limits: limits, resolver: Stage.resolver(issuers: issuers, cachedSessions: isCached ? 100 : 0),
                effects: WorkerEffects(
                    store: answer.map { answer in .atOnce { _ in answer } } ?? later,
                    find: { _, ticket in store.searches.append(ticket) }),
                mailbox: mailbox, count: ConnectionCount(limit: 100),
                redis: settings)
            settle()
        }

        private static func settings(
            of redis: EmbeddedRedis, _ mailbox: WorkerMailbox, _ isCached: Bool
        ) throws -> RedisSettings {
            try RedisSettings(
                RedisConfiguration(to: RedisAddress(url: redis.url), trackedPrefixes: ["app:"]), worker: 0,
                of: [mailbox], isCached: isCached, log: LimitedLog(TestLog().logger))
        }

        func adopt(_ redis: EmbeddedRedis, isCached: Bool) throws {
            servers.append(redis)
            mailbox.post(.adopt(try Self.settings(of: redis, mailbox, isCached), next: []))
            settle()
        }

        func settle() {
            while reactor.turn(isPatient: false) > 0 || servers.reduce(false, { $1.serve() || $0 }) {}
        }
    }

    /// The look-ups that wait, by their numbers.
    private final class Store {
        var queries: [String] = []
        var numbers: [Int] = []
        var searches: [Ticket] = []
        var onNextQuery: (() -> Void)?
    }

    private let floor: Floor
    /// This side's end.
    private let socket: CInt
    private var hasHungUp = false

    /// - Parameters:
    ///   - keepsWrites: each of the loop's writes is received by itself; what is sent has to fit one read.
    ///   - answer: what every look-up is answered with at once; nil: the test answers.
    ///   - redis: who is asked in the test's place.
    ///   - isCached: whether answers that rest on records are kept.
    ///   - room: how many bytes the loop can write before this side reads, about; nil: very many.
    init(
        _ limits: ConnectionLimits = .generous, sharing other: EmbeddedGateway? = nil,
        issuers: [TrustedIssuer] = [], answer: RecordReply? = nil, keepsWrites: Bool = false,
        redis: EmbeddedRedis? = nil, isCached: Bool = false, room: CInt? = nil
    ) throws {
        floor = try other?.floor ?? Floor(limits, issuers, answer, redis, isCached)
        let kind = keepsWrites ? CInt(SOCK_SEQPACKET.rawValue) : CInt(SOCK_STREAM.rawValue)
        var ends: [CInt] = [0, 0]
        guard unsafe socketpair(AF_UNIX, kind | CInt(SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else { throw Failure() }
        socket = ends[0]
        if var room { unsafe setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<CInt>.size)) }
        floor.reactor.adopt(ends[1])
        floor.settle()
    }

    private struct Failure: Error {}

    deinit {
        hangUp()
    }

    /// Sends bytes: all of them, unless the loop doesn't read.
    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            let turns = floor.reactor.turn(isPatient: false)
            if count > 0 { rest = rest.dropFirst(count) } else if turns == 0 { break }
        }
        floor.settle()
    }

    /// Sends bytes that fit the socket's buffer, for the loop to find when it turns next.
    func sendLater(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    }

    /// Posts a message, for the loop to find when it turns next.
    func postLater(_ message: Message) {
        floor.mailbox.post(message)
    }

    /// Lets the loop turn until it has nothing more to do.
    /// Has the loop speak with another server from now on.
    func adopt(_ redis: EmbeddedRedis, isCached: Bool = false) throws { try floor.adopt(redis, isCached: isCached) }

    func settle() {
        floor.settle()
    }

    /// Says that no more is sent.
    func closeInput() {
        shutdown(socket, CInt(SHUT_WR))
        floor.settle()
    }

    /// Is gone.
    func hangUp() {
        guard !hasHungUp else { return }
        hasHungUp = true
        close(socket)
        floor.settle()
    }

    /// What came back since the last call, a write each; of a stream, in parts of any size.
    func writes() -> [String] {
        var writes: [String] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            writes.append(String(decoding: buffer[..<count], as: UTF8.self))
            floor.settle()
        }
        return writes
    }

    /// What came back since the last call, without dates.
    func received() -> String {
        Stage.withoutDates(writes().joined())
    }

    /// Whether the loop holds the connection.
    var isOpen: Bool { events & CInt(POLLHUP) == 0 }

    /// Whether the loop says that nothing more will come, and still listens.
    var isHalfClosed: Bool { isOpen && events & 0x2000 != 0 }

    /// What `poll` says of the socket; 0x2000 is POLLRDHUP.
    private var events: CInt {
        var entry = pollfd(fd: socket, events: 0x2000, revents: 0)
        unsafe poll(&entry, 1, 0)
        return CInt(entry.revents)
    }

    /// Whether the loop has left bytes unread.
    var hasUnread: Bool {
        var count: CInt = 0
        return unsafe ioctl(socket, UInt(TIOCOUTQ), &count) == 0 && count > 0
    }

    var figures: ListenerFigures { floor.reactor.loop.figures }
    var connectionCount: Int { floor.reactor.connectionCount }
    var queries: [String] { floor.store.queries }
    /// How many signatures were verified.
    var signatures: Int { floor.reactor.loop.resolver.signatures }

    /// Does something from within the next look-up.
    func onNextQuery(_ body: @escaping () -> Void) { floor.store.onNextQuery = body }

    /// Answers the look-up that waits longest.
    func reply(_ reply: RecordReply) {
        post(.records([NumberedReply(number: floor.store.numbers.removeFirst(), reply: reply)]))
    }

    /// The same, without forgetting it.
    func replyAgain(_ reply: RecordReply) {
        post(.records([NumberedReply(number: floor.store.numbers[0], reply: reply)]))
    }

    /// Has it answered with the next turn of the loop.
    func replyLater(_ reply: RecordReply) {
        floor.mailbox.post(.records([NumberedReply(number: floor.store.numbers.removeFirst(), reply: reply)]))
    }

    /// Answers the search for a key that waits longest.
    func find(_ reply: KeyReply) {
        post(.reply(floor.store.searches.removeFirst(), .key(reply)))
    }

    /// Tells the loop to end.
    func end(idle: Duration = .seconds(1_000), within timeout: Duration) {
        post(.end(DrainLimits(idle: idle, timeout: timeout)))
    }

    /// Sends bytes in the middle of the loop's next turn, so that it hears of them after that one.
    func sendWithinTurn(_ text: String) {
        let (socket, bytes) = (socket, Array(text.utf8))
        postLater(
            .perform { _ in
                _ = unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
            })
    }

    /// Lets the loop turn once.
    func turn() {
        floor.reactor.turn(isPatient: false)
    }

    /// Lets ticks pass.
    func sweep(_ count: Int = 1) {
        for _ in 0..<count { floor.reactor.sweep() }
        floor.settle()
    }

    func post(_ message: Message) {
        floor.mailbox.post(message)
        floor.settle()
    }
}
