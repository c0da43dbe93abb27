import Authentication
import Bytes
import Fixtures
import Logging
import Redis
import Telemetry
import Testing
import Worker

/// A connection whose server is the test, and whose time the test moves.
final class ConnectionScene {
    private var state: RecordConnection
    /// On the steady clock, in nanoseconds.
    private(set) var now: Int64 = 1_000_000_000
    let journal: StoreJournal
    let log = TestLog()
    private var waiting: [Int: (key: String, then: () -> Void)] = [:]
    private var number = 0
    /// What happened, in order: `ready`, `closed stuck`, `a found u1`.
    private(set) var happened: [String] = []

    init(url: String = "unix:///r", maximumPending: Int = 100, maximumValueBytes: Int = 1 << 20) throws {
        journal = StoreJournal(address: "unix:/r", log: LimitedLog(log.logger))
        var options = try RedisOptions(
            address: RedisAddress(url: url), connectTimeout: .seconds(1), commandTimeout: .milliseconds(250),
            maximumPending: maximumPending)
        options.maximumValueBytes = maximumValueBytes
        state = RecordConnection(options, mismatches: MismatchQuota(), at: now)
        state.connected(at: now)
    }

    /// A scene whose server has proven to be a primary.
    static func ready(maximumPending: Int = 100) throws -> ConnectionScene {
        let scene = try ConnectionScene(maximumPending: maximumPending)
        scene.receive("+PONG\r\n" + proof(of: scene.nonces()[0]))
        #expect(scene.take() == ["ready"])
        return scene
    }

    /// What a primary answers to a round of questions.
    static func proof(of nonce: String, role: String = "master") -> String {
        FakeRedis.bulk(nonce) + ":7\r\n" + FakeRedis.bulk("run_id:a\r\n") + FakeRedis.bulk("role:\(role)\r\n")
    }

    var isOver: Bool { state.isOver }

    /// The nonces of the rounds that were asked since the last call.
    func nonces() -> [String] {
        written().joined(separator: " ").split(separator: "PING ").compactMap { text in
            text.split(separator: " CLIENT ID INFO server INFO replication", omittingEmptySubsequences: false)
                .dropLast().first.map(String.init)
        }
    }

    /// The server answers the rounds that were asked since the last call.
    func prove(role: String = "master") {
        pass(0)
        for nonce in nonces() { receive(Self.proof(of: nonce, role: role)) }
    }

    func beat() {
        state.beat(at: now)
        settle()
    }

    func use(_ password: String) {
        state.use(RedisCredentials(user: nil, password: Array(password.utf8)), at: now)
    }

    func ask(_ key: String, absenceNeedsProof: Bool = true, then: @escaping () -> Void = {}) {
        let query = RecordQuery(kind: .session, key: Array(key.utf8))
        number += 1
        waiting[number] = (key, then)
        state.ask(for: absenceNeedsProof ? query : query.withoutProof(), number: number, at: now)
        settle()
    }

    /// The commands since the last call, as words: one write, or none.
    func written() -> [String] {
        state.writtenWords()
    }

    func receive(_ bytes: String) {
        state.receive(Array(bytes.utf8).span.bytes, at: now)
        settle()
    }

    func close(because failure: ConnectionFailure) {
        state.close(because: failure, at: now)
    }

    /// The server ends the connection.
    func hangUp() {
        state.breakOff(at: now)
        settle()
    }

    func take() -> [String] {
        defer { happened = [] }
        return happened
    }

    func pass(_ milliseconds: Int64) {
        let end = now + milliseconds * 1_000_000
        while let deadline = state.deadline, deadline <= end {
            now = max(now, deadline)
            state.expire(at: now)
            settle()
        }
        now = end
    }

    private func settle() {
        while true {
            var replies: [EndedLookUp] = []
            state.takeEnded(into: &replies)
            guard !replies.isEmpty else { break }
            for reply in replies {
                journal.ended(reply, at: now)
                guard let (key, then) = waiting.removeValue(forKey: reply.number) else { continue }
                happened.append("\(key) \(reply.reply.summary)")
                then()
            }
        }
        var events: [RedisConnectionState.Event] = []
        state.takeEvents(into: &events)
        for event in events {
            switch event {
            case .ready: happened.append("ready")
            case .authenticated(let error): happened.append("authenticated\(error.map { " \($0)" } ?? "")")
            case .closed(let failure): happened.append("closed \(failure)")
            case .proven, .redirected, .tried: break
            }
        }
    }
}

extension ConnectionScene {
    /// The reply with the session that is under a key.
    static func found(_ key: String) -> String {
        let record = RecordReply.session(of: "u1", at: key)
        return "$\(record.utf8.count)\r\n\(record)\r\n"
    }
}
