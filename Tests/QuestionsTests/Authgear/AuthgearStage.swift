import Authentication
import Bytes
import Fixtures
import JOSE
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import Questions
import Telemetry
import Trust

/// A client that asks a stand-in, and all that it logs.
final class AuthgearStage: Sendable {
    let endpoint: AuthgearEndpoint?
    let client: AuthgearClient
    private let lines: NIOLockedValueBox<[String]>

    /// All lines of the log so far.
    var log: [String] { lines.withLockedValue { $0 } }

    convenience init(
        url: String, host: String? = nil, trusting file: String? = nil, timeout: Duration = .seconds(20),
        connections: Int = 16, waiting: Int = 1_024
    ) throws {
        let url = try FetchURL(url)
        let endpoint = AuthgearEndpoint(
            .init(
                url: url, host: host ?? url.authority,
                trusting: file.map { .file(NamedFile($0, key: "tls.ca_file")) } ?? .system, timeout: timeout,
                connections: connections, waiting: waiting), group: MultiThreadedEventLoopGroup.singleton)
        self.init(asking: endpoint)
    }

    /// - Parameter endpoint: nil: nobody.
    init(asking endpoint: AuthgearEndpoint?) {
        self.endpoint = endpoint
        let lines = NIOLockedValueBox<[String]>([])
        let logger = Logger(label: "test") { _ in LineLog { line in lines.withLockedValue { $0.append(line) } } }
        client = AuthgearClient(endpoint, on: MultiThreadedEventLoopGroup.singleton.next(), log: LimitedLog(logger))
        self.lines = lines
    }

    convenience init(_ server: StandIn, timeout: Duration = .seconds(20), connections: Int = 16) throws {
        try self.init(
            url: "http://127.0.0.1:\(server.port)/resolve?key=hunter2", timeout: timeout, connections: connections)
    }

    /// Runs the service while `body` does; then it ends by itself when it is cancelled.
    func run(_ body: (AuthgearClient) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.client.run() }
            do { try await body(client) } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

extension AuthgearClient {
    /// Asks, and gives the reply in words.
    func reply(to question: AuthgearQuestion) async -> String {
        let reply = await withCheckedContinuation { continuation in
            ask(question) { continuation.resume(returning: $0) }
        }
        return reply.words
    }
}

extension AuthgearReply {
    var words: String {
        switch self {
        case .valid(let identity): "valid \(String(decoding: identity.userID, as: UTF8.self))"
        case .invalid, .silent: "invalid"
        case .unknown(let failure): "\(failure)"
        }
    }
}

extension AuthgearQuestion {
    static func bearer(_ token: String, agent: String? = nil, address: String? = nil) -> AuthgearQuestion {
        AuthgearQuestion(
            about: .authorization(Array("Bearer \(token)".utf8)),
            digest: SHA256Digest(of: Array(token.utf8).span.bytes),
            userAgent: agent.map { Array($0.utf8) }, forwardedFor: address.map { Array($0.utf8) }, wasValid: true)
    }

    static func cookie(_ name: String, _ value: String) -> AuthgearQuestion {
        AuthgearQuestion(
            about: .cookie(name: Array(name.utf8), value: Array(value.utf8)),
            digest: SHA256Digest(of: Array(value.utf8).span.bytes), wasValid: false)
    }
}

extension CertificateAuthority.Issued {
    /// What a server presents it with.
    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(file: key, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }
}

private struct LineLog: LogHandler {
    let write: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        write("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
