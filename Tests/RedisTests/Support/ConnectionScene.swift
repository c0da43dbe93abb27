import Authentication
import Fixtures
import Logging
import NIOCore
import NIOEmbedded
import Redis
import Telemetry
import Testing

/// A connection whose server is the test, and whose time the test moves.
final class ConnectionScene {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let journal: StoreJournal
    let log = TestLog()
    private(set) var connection: RedisConnection?
    /// What happened, in order: `ready`, `closed stuck`, `a found u1`.
    private(set) var happened: [String] = []

    init(url: String = "unix:///r", maximumPending: Int = 100) throws {
        channel = EmbeddedChannel(loop: loop)
        journal = StoreJournal(address: "unix:/r", log: LimitedLog(log.logger))
        let configuration = try RedisConfiguration(
            address: RedisAddress(url: url), connectTimeout: .seconds(1), commandTimeout: .milliseconds(250),
            maximumPending: maximumPending)
        let connection = RedisConnection(
            configuration, on: loop, journal: journal,
            events: .init(
                ready: { [weak self] _ in self?.happened.append("ready") },
                closed: { [weak self] failure in self?.happened.append("closed \(failure)") }))
        self.connection = connection
        try channel.pipeline.syncOperations.addHandler(connection)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/r"), promise: nil)
    }

    /// A channel keeps itself alive until it is closed.
    deinit {
        channel.close(promise: nil)
        loop.run()
    }

    /// A scene whose server has proven to be a primary.
    static func ready(maximumPending: Int = 100) throws -> ConnectionScene {
        let scene = try ConnectionScene(maximumPending: maximumPending)
        try scene.receive("+PONG\r\n" + proof(of: scene.nonces()[0]))
        #expect(scene.take() == ["ready"])
        return scene
    }

    /// What a primary answers to a round of questions.
    static func proof(of nonce: String, role: String = "master") -> String {
        FakeRedis.bulk(nonce) + ":7\r\n" + FakeRedis.bulk("run_id:a\r\n") + FakeRedis.bulk("role:\(role)\r\n")
    }

    /// The nonces of the rounds that were asked since the last call.
    func nonces() throws -> [String] {
        try written().joined(separator: " ").split(separator: "PING ").compactMap { text in
            text.split(separator: " CLIENT ID INFO server INFO replication", omittingEmptySubsequences: false)
                .dropLast().first.map(String.init)
        }
    }

    /// The server answers the rounds that were asked since the last call.
    func prove(role: String = "master") throws {
        loop.run()
        for nonce in try nonces() { try receive(Self.proof(of: nonce, role: role)) }
    }

    func ask(_ key: String, absenceNeedsProof: Bool = true, then: @escaping () -> Void = {}) {
        let query = RecordQuery(kind: .session, key: Array(key.utf8))
        connection?.lookUp(absenceNeedsProof ? query : query.withoutProof()) { [weak self] reply in
            self?.happened.append("\(key) \(reply.summary)")
            then()
        }
    }

    /// The writes since the last call, the commands of each as words.
    func written() throws -> [String] {
        try channel.written()
    }

    func receive(_ bytes: String) throws {
        try channel.receive(bytes)
    }

    func take() -> [String] {
        defer { happened = [] }
        return happened
    }

    func pass(_ milliseconds: Int64) {
        loop.advanceTime(by: .milliseconds(milliseconds))
    }
}

extension ConnectionScene {
    /// The reply with the session that is under a key.
    static func found(_ key: String) -> String {
        let record = RecordReply.session(of: "u1", at: key)
        return "$\(record.utf8.count)\r\n\(record)\r\n"
    }
}
