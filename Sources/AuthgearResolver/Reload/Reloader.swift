import Authentication
package import JOSE
import KeySets
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import Telemetry
import Trust
import Worker

/// Reads the configuration file again when it is asked to, and has the process adopt it whole, or not at all.
///
/// One reload after another. Who asks is answered when every worker decides by the new configuration, or with everything that is
/// wrong with it.
package final class Reloader: Service {
    /// What it takes to read the configuration again.
    package struct Source: Sendable {
        let file: ConfigurationFile
        let loaded: LoadedConfiguration
        let logLevel: SharedLogLevel

        /// - Parameter loaded: what holds at first.
        package init(file: ConfigurationFile, loaded: LoadedConfiguration, logLevel: SharedLogLevel) {
            self.file = file
            self.loaded = loaded
            self.logLevel = logLevel
        }
    }

    /// What came of a reload.
    package enum Outcome: Sendable {
        /// The number of the configuration that holds now, and those of the workers that hang: for them it does from when they go on.
        case done(generation: UInt64, late: Set<Int>)
        /// Everything that is wrong with the file, a line each; nothing changed.
        case refused(ConfigurationError)
        /// Too many wait for a reload, or the process is ending; nothing changed.
        case unavailable
    }

    /// How many reloads were done and refused.
    struct Figures: Sendable {
        var done = 0
        var refused = 0
    }

    /// What a configuration is adopted with: everything that could fail has been done before.
    struct Adoption: Sendable {
        let snapshot: ConfigurationSnapshot
        /// Of a memory store.
        let records: MemoryRecords?
        /// What its file of API tokens holds; nil where none are configured.
        let apiTokens: APITokenFile.Reading?
        /// What TLS is served by; nil where it is not.
        let serverTLS: ServerTLSSource.Reading?
        /// How many connections fit.
        let connections: Int
    }

    private struct Request: Sendable {
        let cause: String
        let reply: @Sendable (Outcome) -> Void
    }

    /// How long the files may take.
    private static let patience = Duration.seconds(30)
    /// How many wait at most for their turn.
    private static let waiting = 64

    private let file: ConfigurationFile
    private let current: CurrentConfiguration
    private let logger: Logger
    private let redisProblem: @Sendable (Configuration) async -> String?
    private let adopt: @Sendable (Adoption) async throws -> Set<Int>
    private let apiTokens: APITokenSource
    private let supervisor: Supervisor
    private let requests: AsyncStream<Request>
    private let asking: AsyncStream<Request>.Continuation
    private let state: NIOLockedValueBox<State>

    private struct State {
        var registry: IssuerRegistry
        var figures = Figures()
        /// What the last file that was read names, whatever came of it, and what each looked like right before it was read.
        var files: [String: FileStamp?]
        /// Set while a thread reads the file, which a file system may hold up.
        var isReading = false
        /// Nothing else than that Redis could not be reached kept the last file from being taken.
        var waitsForRedis = false
    }

    /// - Parameters:
    ///   - source: the file, and the configuration that holds, as it was read from it.
    ///   - registry: has given the ids of its issuers.
    ///   - redisProblem: why the Redis that a configuration moves to can't be read; nil when it can, or is the one of before.
    ///   - adopt: returns when every worker decides by it, but for those that hang, whose numbers it gives.
    init(
        _ source: Source, current: CurrentConfiguration, apiTokens: APITokenSource, registry: IssuerRegistry,
        supervisor: Supervisor, logger: Logger,
        redisProblem: @escaping @Sendable (Configuration) async -> String?,
        adopt: @escaping @Sendable (Adoption) async throws -> Set<Int>
    ) {
        file = source.file
        self.current = current
        self.logger = logger
        self.redisProblem = redisProblem
        self.adopt = adopt
        self.apiTokens = apiTokens
        self.supervisor = supervisor
        state = NIOLockedValueBox(State(registry: registry, files: source.loaded.files))
        (requests, asking) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waiting))
    }

    /// The file's, as the operator named it.
    var path: String { file.path }

    var figures: Figures { state.withLockedValue(\.figures) }

    /// The files whose change is a reason for a reload, and what each looked like right before it was read last.
    var files: [String: FileStamp?] { state.withLockedValue(\.files) }

    /// Whether nothing else than that Redis could not be reached kept the last file from being taken.
    var waitsForRedis: Bool { state.withLockedValue(\.waitsForRedis) }

    /// Serves those who ask until it is to shut down; then nobody is left waiting.
    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            // One at a time: the next file is compared with what this one has left.
            for await request in requests { request.reply(await reload(because: request.cause)) }
        } onCancelOrGracefulShutdown: { [asking] in
            asking.finish()
        }
    }

    /// Has the file read again.
    ///
    /// - Parameter cause: who asks, for the log.
    package func reload(_ cause: String) async -> Outcome {
        await withCheckedContinuation { continuation in
            let request = Request(cause: cause) { continuation.resume(returning: $0) }
            guard case .enqueued = asking.yield(request) else { return continuation.resume(returning: .unavailable) }
        }
    }

    private func reload(because cause: String) async -> Outcome {
        let outcome: Outcome
        supervisor.reloading()
        do throws(ConfigurationError) {
            // Only the end of the process keeps the file from being read, and its parts from taking a configuration.
            guard let adoption = try await prepare() else { return .unavailable }
            guard let late = try? await adopt(adoption) else { return .unavailable }
            outcome = .done(generation: adoption.snapshot.generation, late: late)
        } catch {
            outcome = .refused(error)
        }
        note(outcome, cause: cause)
        supervisor.reloaded(outcome.status(held: current.snapshot.generation))
        return outcome
    }

    /// Reads the file and all that it takes to adopt it, and tries what it leads to.
    ///
    /// - Returns: nil when the process is to end before it has been read.
    private func prepare() async throws(ConfigurationError) -> Adoption? {
        let held = current.snapshot
        guard let reading = try await read(besides: held.configuration) else { return nil }
        // Whatever comes of it: a file that is wrong is mended by a change of one of these.
        state.withLockedValue { ($0.files, $0.waitsForRedis) = (reading.files, false) }
        let loaded = try reading.loaded.get()
        var problems = reading.problems
        // Not undone when the file is refused after all: a higher limit changes nothing by itself.
        var connections = loaded.configuration.limits.connections
        do throws(FileLimitError) {
            connections = try loaded.configuration.raiseFileLimit()
        } catch {
            problems.append(loaded.problem(at: "limits.connections", "\(error)"))
        }
        // Behind all else, because it takes time.
        if problems.isEmpty {
            let trial = await Aside.attempt { [redisProblem] in await redisProblem(loaded.configuration) }
            guard case .done(let problem) = trial else { return nil }
            state.withLockedValue { $0.waitsForRedis = problem != nil }
            problems += problem.map { [loaded.problem(at: "sessions.redis.url", $0)] } ?? []
        }
        guard problems.isEmpty else { throw ConfigurationError(file: file.path, problems: problems) }
        // Last: the registry forgets the issuers that a file no longer has, so one that is refused must not get here.
        let ids = state.withLockedValue { $0.registry.ids(of: loaded.configuration.terms) }
        let snapshot = ConfigurationSnapshot(loaded, generation: held.generation + 1, issuerIDs: ids)
        return Adoption(
            snapshot: snapshot, records: reading.records, apiTokens: reading.apiTokens,
            serverTLS: reading.serverTLS, connections: connections)
    }

    /// Reads the file and what it names: aside, because a file system can hang, and neither other reloads nor the end may.
    private func read(
        besides held: Configuration
    ) async throws(ConfigurationError) -> ConfigurationReading? {
        let isFree = state.withLockedValue { state in
            defer { state.isReading = true }
            return !state.isReading
        }
        // One such thread, however often a reload is asked for.
        guard isFree else { throw hanging }
        let reading = await Aside.run(within: Self.patience) { [file, state, apiTokens] in
            defer { state.withLockedValue { $0.isReading = false } }
            return ConfigurationReading(of: file, besides: held, knowing: apiTokens.reading)
        }
        switch reading {
        case .done(let reading): return reading
        case .late: throw hanging
        case .left: return nil
        }
    }

    private var hanging: ConfigurationError {
        let words =
            "can't be read within half a minute: is a file system out of reach that it, or a file that it names, is on?"
        return ConfigurationError(file: file.path, problems: [Problem(at: .start, key: "", words)])
    }

    private func note(_ outcome: Outcome, cause: String) {
        switch outcome {
        case .done(let generation, let late):
            state.withLockedValue { $0.figures.done += 1 }
            logger.notice(
                "the configuration was reloaded",
                metadata: .init([.cause: cause, .generation: "\(generation)", .configuration: file.path]))
            guard !late.isEmpty else { return }
            logger.error(
                "not every worker decides by the configuration that was reloaded",
                metadata: .init([.generation: "\(generation)", .reason: late.saidToHang("changes over")]))
        case .refused(let error):
            state.withLockedValue { $0.figures.refused += 1 }
            for problem in error.problems {
                logger.error(
                    "the configuration was not reloaded: nothing changed",
                    metadata: .init([.cause: cause, .reason: "\(error.file):\(problem.line)"]))
            }
        case .unavailable: break
        }
    }
}

extension Reloader.Outcome {
    /// For who has asked.
    ///
    /// - Parameter path: the file's.
    package func words(of path: String) -> String {
        switch self {
        case .done(let generation, let late):
            "\(path): reloaded; it is configuration \(generation) since the start"
                + (late.isEmpty ? "" : "; \(late.saidToHang("changes over"))")
        case .refused(let error): "\(error)"
        case .unavailable: "the process did not reload: it is ending, or busy with other reloads"
        }
    }

    /// For who supervises the process, who shows it to anybody that asks: nothing of the file's.
    fileprivate func status(held: UInt64) -> String {
        if case .refused = self { return "the configuration was not reloaded; \(held) holds since the start" }
        return "configuration \(held) since the start"
    }
}

extension LoadedConfiguration {
    func problem(at key: String, _ message: String) -> Problem {
        Problem(at: places[key] ?? .start, key: key, message)
    }
}

extension Configuration.Issuer {
    /// What gives an issuer its id: the terms of its tokens, where its keys come from, and who is asked about its tokens and
    /// for what they lack.
    package var terms: (issuer: TrustedIssuer, keySource: String) {
        let asked = [introspection?.terms, userinfo?.terms].compactMap(\.self).joined(separator: "\n")
        return (trusted, hasKeys ? "\(source)\n\(asked)" : asked)
    }
}

extension Collection<Int> {
    /// What is said of workers, by their numbers, that have not done in time what they were told.
    ///
    /// - Parameter action: what each of them does later.
    func saidToHang(_ action: String) -> String {
        sorted().map { "worker \($0) hangs, and \(action) when it goes on" }.joined(separator: "; ")
    }
}
