import Authentication
import NIOCore
import NIOPosix
import Redis
import Telemetry

/// Reads records of Redis one after another, for a person who waits: with reasons where there are none.
struct RedisReader: Sendable {
    private let configuration: RedisConfiguration
    private let log: LimitedLog
    private let eventLoop: any EventLoop
    /// Empty until the first record is wanted.
    private let store: NIOLoopBoundBox<RedisStore?>

    init(_ configuration: RedisConfiguration, log: LimitedLog) {
        self.configuration = configuration
        self.log = log
        eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        store = .makeEmptyBox(eventLoop: eventLoop)
    }

    /// Reads a record; where there is no reply, says why. The first one waits for the connection to be made.
    func read(_ query: RecordQuery) async -> (reply: RecordReply, trouble: String?) {
        do {
            try await start()
            let reply = try await lookUp(query)
            guard case .unavailable(let failure) = reply else { return (reply, nil) }
            return (reply, try await trouble(with: query) ?? failure.words)
        } catch {
            return (.unavailable(.disconnected), nil)
        }
    }

    func stop() async {
        try? await eventLoop.submit { store.value?.stop() }.get()
    }

    private func start() async throws {
        try await eventLoop.flatSubmit {
            guard store.value == nil else { return eventLoop.makeSucceededVoidFuture() }
            let new = RedisStore(configuration, on: eventLoop, log: log)
            store.value = new
            return new.start()
        }.get()
    }

    private func lookUp(_ query: RecordQuery) async throws -> RecordReply {
        try await eventLoop.flatSubmit {
            let promise = eventLoop.makePromise(of: RecordReply.self)
            guard let store = store.value else { return eventLoop.makeSucceededFuture(.unavailable(.disconnected)) }
            store.lookUp(query) { outcome in
                switch outcome {
                case .reply(let reply): promise.succeed(reply)
                case .elsewhere: promise.succeed(.unavailable(.disconnected))
                }
            }
            return promise.futureResult
        }.get()
    }

    /// Why a record could not be read.
    private func trouble(with query: RecordQuery) async throws -> String? {
        let status = try await eventLoop.submit { store.value?.status }.get()
        if case .unreachable(let reason)? = status { return reason }
        let probe = try await RedisStore.probe(configuration, asking: [query], on: eventLoop).get()
        if case .unreachable(let reason) = probe { return reason }
        return nil
    }
}
