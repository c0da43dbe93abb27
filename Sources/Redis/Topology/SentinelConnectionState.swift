import Bytes
import DequeModule

/// A connection to a Sentinel, without the I/O: for questions, or for the message that another server is the primary. A subscriber may
/// ask nothing (RESP2), hence two.
package struct SentinelConnectionState: RedisConversation, ~Copyable {
    package enum Purpose: Hashable, Sendable {
        case questions, messages
    }

    /// What happens to the connection, in order.
    package enum Event: Hashable, Sendable {
        /// The questions that were sent then are answered.
        case answered(SentinelAnswer, sent: Int64)
        /// It says that the service has another primary.
        case switched
        /// Once, and last: it is gone, or never came about.
        case closed(ConnectionFailure)
    }

    private enum Command {
        case auth, renewal, id, address, service, peers, subscribe, ping
    }

    /// How long a reply may take before the connection is given up, in nanoseconds. The turn of who is asked is over long before.
    private static let patience: Int64 = 1_000_000_000

    private let purpose: Purpose
    private let group: SentinelGroup
    private var credentials: RedisCredentials?
    private var reader: ReplyReader? = ReplyReader(limits: ReplyReader.Limits(bytes: 256 << 10, nodes: 1 << 13))
    private var outgoing = CommandBuffer()
    private var isConnected = false
    /// Sent and not answered.
    private var commands = Deque<(command: Command, sent: Int64)>()
    /// Whether it is to be asked as soon as it stands.
    private var isWanted = false
    private var isSubscribed = false
    /// What it has answered so far of the questions at hand.
    private var answer = SentinelAnswer()
    /// Known from the set-up on.
    private var runID: String?
    private let readyBy: Int64
    private var events: [Event] = []
    package private(set) var isOver = false

    package init(
        _ purpose: Purpose, of group: SentinelGroup, as credentials: RedisCredentials?, within timeout: Int64,
        at now: Int64
    ) {
        self.purpose = purpose
        self.group = group
        self.credentials = credentials
        readyBy = now.addingReportingOverflow(timeout).partialValue
    }

    package var isReady: Bool { isConnected }
    package var hasOutput: Bool { !outgoing.isEmpty }
    package var deadline: Int64? {
        guard !isOver else { return nil }
        guard isConnected else { return readyBy }
        return commands.first.map { $0.sent + Self.patience }
    }

    package mutating func connected(at now: Int64) {
        isConnected = true
        if let credentials { send(.auth, [Array("AUTH".utf8)] + credentials.arguments, at: now) }
        switch purpose {
        case .questions:
            send(.id, "SENTINEL", "MYID", at: now)
            if isWanted { ask(at: now) }
        case .messages: send(.subscribe, "SUBSCRIBE", "+switch-master", at: now)
        }
    }

    /// Goes on with other credentials. A subscriber may not tell the Sentinel of them (RESP2), so one that stands ends.
    package mutating func use(_ credentials: RedisCredentials, at now: Int64) {
        let isSame = self.credentials == credentials
        self.credentials = credentials
        guard isConnected else { return }
        switch purpose {
        case .questions: send(.renewal, [Array("AUTH".utf8)] + credentials.arguments, at: now)
        case .messages: if !isSame { close(because: .renewed, at: now) }
        }
    }

    /// Asks which server is the primary: at once, or as soon as the connection stands. Nothing more is sent while questions are not
    /// answered.
    package mutating func ask(at now: Int64) {
        guard isConnected else { return isWanted = true }
        guard !commands.contains(where: { $0.command == .peers }) else { return }
        isWanted = false
        send(.address, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", group.service, at: now)
        // Its epoch is of the same moment: a server runs what comes in one write together.
        send(.service, "SENTINEL", "MASTER", group.service, at: now)
        send(.peers, "SENTINEL", "SENTINELS", group.service, at: now)
    }

    /// Sends a heartbeat, unless one is on its way.
    package mutating func beat(at now: Int64) {
        if isSubscribed, commands.isEmpty { send(.ping, "PING", at: now) }
    }

    private mutating func send(_ command: Command, _ words: String..., at now: Int64) {
        send(command, words.map { Array($0.utf8) }, at: now)
    }

    private mutating func send(_ command: Command, _ arguments: [[UInt8]], at now: Int64) {
        commands.append((command, now))
        outgoing.append(arguments)
    }

    package mutating func send(by write: (RawSpan) -> Int) { outgoing.send(by: write) }

    /// Exchanges the events that have happened for an empty list.
    package mutating func takeEvents(into list: inout [Event]) { swap(&events, &list) }
}

// What comes.
extension SentinelConnectionState {
    package mutating func receive(_ bytes: RawSpan, at now: Int64) {
        guard var reader = reader.take() else { return }
        read(bytes, by: &reader, at: now) { $0.receive($1, at: now) }
        self.reader = consume reader
    }

    private mutating func receive(_ reply: RedisReply, at now: Int64) {
        if isSubscribed, reply.isMessage {
            if reply.names(service: group.service) { events.append(.switched) }
            return
        }
        guard let (command, sent) = commands.popFirst() else { return close(because: .unsolicited, at: now) }
        switch command {
        case .auth: if let error = reply.error { close(because: .refused(.auth, error), at: now) }
        case .id:
            var said = SentinelAnswer()
            said.take(id: reply)
            runID = said.runID
        case .address:
            answer = SentinelAnswer(runID: runID)
            if let error = reply.error { return close(because: .refused(.sentinel, error), at: now) }
            if !answer.take(address: reply) { close(because: .unsolicited, at: now) }
        // What it refuses to say of these it has not said: the address alone is enough for a vote.
        case .service: answer.take(service: reply)
        case .peers:
            answer.take(peers: reply)
            events.append(.answered(answer, sent: sent))
        case .subscribe:
            if let error = reply.error { return close(because: .refused(.subscribe, error), at: now) }
            isSubscribed = true
        // Where it refuses them it goes on with those of before.
        case .renewal, .ping: break
        }
    }
}

// What ends.
extension SentinelConnectionState {
    package mutating func breakOff(at now: Int64) {
        close(because: .closedByServer, at: now)
    }

    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        guard !isOver else { return }
        isOver = true
        events.append(.closed(failure))
    }

    package mutating func expire(at now: Int64) {
        guard let deadline, now >= deadline else { return }
        close(because: isConnected ? .stuck : .noAnswer, at: now)
    }
}

extension RedisReply {
    /// Whether it is `["message", …]`.
    fileprivate var isMessage: Bool {
        guard nodes.count > 3, case .bulk(let kind) = nodes[1] else { return false }
        return withBytes(at: kind) { bytes in bytes.equals("message") }
    }

    /// Whether a message, `<service> <old host> <old port> <new host> <new port>`, is about this service.
    fileprivate func names(service: String) -> Bool {
        guard nodes.count > 3, case .bulk(let range) = nodes[3] else { return false }
        let text = withBytes(at: range) { bytes in [UInt8](copying: bytes) }
        return text.starts(with: Array(service.utf8) + [UInt8(ascii: " ")])
    }
}

extension ConnectionFailure {
    /// Why a Sentinel does not answer, without where it is.
    package var wordsOfSentinel: String {
        switch self {
        case .unreachable(let words): words
        case .unknownHost: "the host name has no address"
        case .tls(let words): "no TLS: \(words)"
        case .refused(_, .noAuthentication):
            "it wants a password of its own (NOAUTH): put it into sessions.redis.sentinel"
        case .refused(_, .wrongPassword), .refused(_, .wrongPasswordOld):
            "user or password is wrong (WRONGPASS): compare sessions.redis.sentinel with what is set there"
        case .refused(let command, let error): "it refused \(command.rawValue): \(error.words)"
        case .nonsense: "it does not speak the redis protocol"
        case .unsolicited: "it answered otherwise than a Sentinel does; is it one?"
        case .stuck, .silent: "no answer"
        default: "it closed the connection"
        }
    }
}
