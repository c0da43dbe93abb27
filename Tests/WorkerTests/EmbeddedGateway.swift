import Authentication
import Bytes
import EventLoop
import Fixtures
import Glibc
import HTTP1
import JOSE
import Redis
import TLS
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
        /// How many connections there are as far as this side knows.
        var heldHere = 0
        /// Those that may be asked, the last one by what was adopted last.
        private var servers: [EmbeddedRedis]

        init(
            _ limits: ConnectionLimits, _ issuers: [TrustedIssuer], _ answer: RecordReply?, _ redis: EmbeddedRedis?,
            _ isCached: Bool, _ follower: WorkerMailbox?, _ tls: TLSServerContext?, _ audience: Audience?
        ) throws {
            servers = redis.map { [$0] } ?? []
            let mailboxes = [mailbox] + (follower.map { [$0] } ?? [])
            let settings = try redis.map { try Self.settings(of: $0, mailboxes, isCached) }
            let store = store
            var effects = WorkerEffects(
                store: answer.map { answer in .atOnce { _ in answer } } ?? .shared,
                find: { _, ticket in store.searches.append(ticket) })
            effects.serverTLS = { tls }
            effects.spans = audience?.spans
            effects.noteSamples = { audience?.samples += $0.samples }
            reactor = Worker(
                limits: limits, resolver: Stage.resolver(issuers: issuers, cachedSessions: isCached ? 100 : 0),
                effects: effects, observing: audience?.rules ?? ObservationRules(), mailbox: mailbox,
                count: ConnectionCount(limit: 100), redis: settings)
            settle()
        }

        /// - Parameter names: whereby it is found, as `redis.test`; nil: by the path of its socket.
        private static func settings(
            of redis: EmbeddedRedis, _ mailboxes: [WorkerMailbox], _ isCached: Bool, names: NameService? = nil
        ) throws -> RedisSettings {
            let url = names == nil ? redis.url : "redis://redis.test:1"
            return try RedisSettings(
                RedisConfiguration(
                    to: RedisAddress(url: url), trackedPrefixes: ["app:"], names: names ?? NameService.system),
                worker: 0, of: mailboxes, isCached: isCached, log: LimitedLog(TestLog().logger))
        }

        func adoptLater(_ redis: EmbeddedRedis, isCached: Bool, names: NameService?) throws {
            servers.append(redis)
            mailbox.post(.adopt(try Self.settings(of: redis, [mailbox], isCached, names: names), next: []))
        }

        func settle() {
            while turn() > 0 || servers.reduce(false, { $1.serve() || $0 }) {}
        }

        /// Lets the loop turn once, and takes what it asks, unless it has a Redis.
        @discardableResult
        func turn() -> Int {
            let count = reactor.turn(isPatient: false)
            guard servers.isEmpty else { return count }
            var questions: [Question] = []
            reactor.loop.lookUps.takeQuestions(into: &questions)
            for question in questions {
                store.queries.append(String(decoding: question.query.key, as: UTF8.self))
                store.numbers.append(question.number)
            }
            return count
        }

        /// Posts a reply for each who waits for it.
        func post(_ reply: RecordReply, to number: Int) {
            mailbox.post(reply, to: reactor.loop.lookUps.answered(number: number))
        }
    }

    /// The look-ups that wait, by their numbers.
    private final class Store {
        var queries: [String] = []
        var numbers: [Int] = []
        var searches: [Ticket] = []
    }

    private let floor: Floor
    /// This side's end.
    private let socket: CInt
    private var hasHungUp = false
    /// Whether the other end was seen to be closed.
    private var isHungUp = false {
        didSet { if isHungUp, !oldValue { floor.heldHere -= 1 } }
    }

    /// - Parameters:
    ///   - keepsWrites: each of the loop's writes is received by itself; what is sent has to fit one read.
    ///   - answer: what every look-up is answered with at once; nil: the test answers.
    ///   - redis: who is asked in the test's place.
    ///   - isCached: whether answers that rest on records are kept.
    ///   - follower: of another worker, to whom the loop tells what changes.
    ///   - room: how many bytes the loop can write before this side reads, about; nil: very many.
    ///   - tls: how TLS is spoken, where it is.
    ///   - audience: who is told of single requests; nil: nobody.
    init(
        _ limits: ConnectionLimits = .generous, sharing other: EmbeddedGateway? = nil,
        issuers: [TrustedIssuer] = [], answer: RecordReply? = nil, keepsWrites: Bool = false,
        redis: EmbeddedRedis? = nil, isCached: Bool = false, follower: WorkerMailbox? = nil, room: CInt? = nil,
        speaking front: GatewayFront = .http, tls: TLSServerContext? = nil, telling audience: Audience? = nil
    ) throws {
        floor = try other?.floor ?? Floor(limits, issuers, answer, redis, isCached, follower, tls, audience)
        let kind = keepsWrites ? CInt(SOCK_SEQPACKET.rawValue) : CInt(SOCK_STREAM.rawValue)
        var ends: [CInt] = [0, 0]
        guard unsafe socketpair(AF_UNIX, kind | CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw Failure() }
        socket = ends[0]
        if var room { unsafe setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<CInt>.size)) }
        floor.heldHere += 1
        floor.reactor.adopt(socket: ends[1], speaking: front)
        floor.settle()
    }

    private struct Failure: Error {}

    deinit {
        hangUp()
    }

    func send(_ text: String) { send(bytes: Array(text.utf8)) }

    /// Sends bytes: all of them, unless the loop doesn't read.
    func send(bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            let turns = floor.turn()
            if count > 0 { rest = rest.dropFirst(count) } else if turns == 0 { break }
        }
        floor.settle()
    }

    /// Sends bytes that fit the socket's buffer, for the loop to find when it turns next.
    func sendLater(_ text: String) { sendLater(bytes: Array(text.utf8)) }

    func sendLater(bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    }

    /// Posts a message, for the loop to find when it turns next.
    func postLater(_ message: Message, wakes: Bool = true) {
        floor.mailbox.post(message, wakes: wakes)
    }

    /// Has the loop speak with another server from now on.
    ///
    /// - Parameter names: whereby the server is found, as `redis.test`; nil: by the path of its socket.
    func adopt(_ redis: EmbeddedRedis, isCached: Bool = false, names: NameService? = nil) throws {
        try adoptLater(redis, isCached: isCached, names: names)
        floor.settle()
    }

    /// The same, for the loop to find when it turns next.
    func adoptLater(_ redis: EmbeddedRedis, isCached: Bool = false, names: NameService? = nil) throws {
        try floor.adoptLater(redis, isCached: isCached, names: names)
    }

    /// Lets the loop turn until it has nothing more to do.
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
        hangUpLater()
        floor.settle()
    }

    /// Is gone, for the loop to find when it turns next.
    func hangUpLater() {
        hasHungUp = true
        isHungUp = true
        // Another test's child process may hold it for a moment.
        shutdown(socket, CInt(SHUT_RDWR))
        close(socket)
    }

    /// What came back since the last call, a write each; of a stream, in parts of any size.
    func writes() -> [String] { writtenBytes().map { String(decoding: $0, as: UTF8.self) } }

    func receivedBytes() -> [UInt8] { Array(writtenBytes().joined()) }

    /// What the loop has written until now: it does not go on meanwhile.
    func bytesUntilNow() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        return Array(buffer[..<max(count, 0)])
    }

    private func writtenBytes() -> [[UInt8]] {
        var writes: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            writes.append(Array(buffer[..<count]))
            floor.settle()
        }
        return writes
    }

    /// What came back since the last call, without dates.
    func received() -> String {
        Stage.withoutDates(writes().joined())
    }

    /// Whether the loop holds the connection.
    ///
    /// Where the loop has closed a connection and this side has not heard of it, this waits: a process that another test
    /// starts has a copy of the descriptor between its fork and its exec, and the connection lasts as long.
    var isOpen: Bool {
        let isOneClosed = floor.reactor.connectionCount < floor.heldHere
        guard !isHungUp, events(within: isOneClosed ? 5_000 : 0) & CInt(POLLHUP) != 0 else { return !isHungUp }
        isHungUp = true
        return false
    }

    /// Whether the loop says that nothing more will come, and still listens.
    var isHalfClosed: Bool { isOpen && events(within: 0) & 0x2000 != 0 }

    /// What `poll` says of the socket; 0x2000 is POLLRDHUP.
    ///
    /// - Parameter wait: for how long POLLHUP is waited for, in milliseconds.
    private func events(within wait: CInt) -> CInt {
        var entry = pollfd(fd: socket, events: 0, revents: 0)
        unsafe poll(&entry, 1, wait)
        guard entry.revents == 0 else { return CInt(entry.revents) }
        entry.events = 0x2000
        unsafe poll(&entry, 1, 0)
        return CInt(entry.revents)
    }

    /// Whether the loop has left bytes unread.
    var hasUnread: Bool {
        var count: CInt = 0
        return unsafe ioctl(socket, UInt(TIOCOUTQ), &count) == 0 && count > 0
    }

    /// Whether the loop has sent anything that was not received yet.
    var hasAnswer: Bool {
        var count: CInt = 0
        return unsafe ioctl(socket, UInt(FIONREAD), &count) == 0 && count > 0
    }

    var figures: ListenerFigures { floor.reactor.loop.figures }
    var workerFigures: WorkerFigures { floor.reactor.figures }
    var connectionCount: Int { floor.reactor.connectionCount }
    var queries: [String] { floor.store.queries }
    /// How many signatures were verified.
    var signatures: Int { floor.reactor.loop.resolver.signatures }

    /// Answers the look-up that waits longest.
    func reply(_ reply: RecordReply) {
        replyLater(reply)
        floor.settle()
    }

    /// The same, without forgetting it.
    func replyAgain(_ reply: RecordReply) {
        floor.post(reply, to: floor.store.numbers[0])
        floor.settle()
    }

    /// Has it answered with the next turn of the loop.
    func replyLater(_ reply: RecordReply) {
        floor.post(reply, to: floor.store.numbers.removeFirst())
    }

    /// The same, posted in the middle of the loop's next turn, so that it hears of it after that one.
    func replyWithinTurn(_ reply: RecordReply) {
        let (mailbox, number) = (floor.mailbox, floor.store.numbers.removeFirst())
        postLater(.perform { context in mailbox.post(reply, to: context.lookUps.answered(number: number)) })
    }

    /// Has all searches for keys answered with the next turn of the loop.
    func findAllLater(_ reply: KeyReply) {
        for ticket in floor.store.searches { postLater(.reply(ticket, .key(reply))) }
        floor.store.searches = []
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
        floor.turn()
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

extension WorkerMailbox {
    /// Posts a record for all who wait for it.
    func post(_ reply: RecordReply, to waiters: LookUps.Waiters) {
        for ticket in [waiters.first].compactMap(\.self) + waiters.others { post(.reply(ticket, .record(reply))) }
    }
}
