import Bytes
import EventLoop
import Logging
import Redis
import ServiceLifecycle
import Telemetry
import Trust
import Worker

/// Has Redis told of another user or password when a file that one comes from was changed and has been quiet for a second, on the
/// connections that there are; those that are made read the files themselves.
///
/// As `ConfigurationWatch` it looks at what the paths lead to.
struct RedisCredentialWatch: Service {
    private static let pause = Duration.milliseconds(250)

    let current: CurrentConfiguration
    let loops: LoopSet
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var (change, generation) = (QuietChange<FileStamp?>(), UInt64(0))
            var stamps: [String: FileStamp?] = [:]
            while true {
                try await Task.sleep(for: Self.pause)
                let snapshot = current.snapshot
                guard case .redis(let redis) = snapshot.configuration.sessions.store, let texts = redis.credentialTexts
                else { continue }
                // What was adopted may have been read before a change that was told already: it is told once more.
                if snapshot.generation != generation { (generation, stamps) = (snapshot.generation, [:]) }
                // Aside, because a file system can hang.
                let looks = await Aside.run { FileStamp.all(texts.files) }
                guard case .done(let looks) = looks else { return }
                guard change.look(looks, read: stamps, at: Moment.steadyNanoseconds()) else { continue }
                stamps = looks
                let reading = await Aside.run {
                    Result { () throws(FileTextError) in try texts.read(for: redis.address) }
                }
                guard case .done(let reading) = reading else { return }
                tell(reading, of: redis.address.withoutCredentials)
            }
        }
    }

    private func tell(_ reading: Result<StoreCredentials, FileTextError>, of store: RedisAddress) {
        switch reading {
        case .success(let credentials):
            for mailbox in loops.mailboxes {
                mailbox.post(
                    .redis { client in client.adopt(credentials, of: store, at: Moment.steadyNanoseconds()) })
            }
        case .failure(let problem):
            logger.warning(
                "user and password of redis were not read again: those of before are used",
                metadata: .init([.reason: "\(problem)"]))
        }
    }
}
