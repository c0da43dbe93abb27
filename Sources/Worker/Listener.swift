package import Authentication
import Bytes
package import EventLoop
package import HTTP1
import JOSE
import NIOConcurrencyHelpers
import NIOPosix
import ServiceLifecycle

/// The public listener: HTTP in, HTTP out.
///
/// Takes connections of a gateway, on TCP and on Unix sockets; gives each request the answer of its loop's `Resolver`.
/// Imports Bytes, JOSE, Authentication, EventLoop, HTTP1, Redis, Telemetry, ServiceLifecycle, and NIO for its threads.
package final class Listener: Service {
    package struct Settings: Sendable {
        package var addresses: [ListenAddress]
        /// Where HTTP is spoken within TLS.
        package var secured: [ListenAddress] = []
        /// Where calls of gRPC come. Together with the others not none.
        package var calls: [CallAddress] = []
        /// The most connections that are open at once.
        package var maximumConnections: Int
        package var connection: ConnectionLimits
        /// Which requests are told of.
        package var observation = ObservationRules()
        /// What holds when the process is to end.
        package var drain = DrainLimits()
        /// How many connections may wait to be accepted.
        package var backlog = 1_024
        /// How the workers' threads are scheduled, from their start on; nil: as the process is.
        package var scheduling: SchedulingPolicy?

        package init(addresses: [ListenAddress], maximumConnections: Int, connection: ConnectionLimits) {
            self.addresses = addresses
            self.maximumConnections = maximumConnections
            self.connection = connection
        }
    }

    private let settings: NIOLockedValueBox<Settings>
    private let inherited: InheritedSockets
    private let loops: LoopSet
    private let resolver: @Sendable () -> Authentication.Resolver
    private let effects: @Sendable (Int) -> WorkerEffects
    private let redis: @Sendable (Int) -> RedisSettings?
    private let gate: StartGate
    /// Ends when each worker has tried once to connect to its store.
    package let attempts: AsyncStream<Never>
    private let count: ConnectionCount
    /// What the threads of the loops take of the processor.
    private let clocks: [ThreadClock]
    /// What each worker said last.
    private let reports: NIOLockedValueBox<[WorkerReport?]>
    /// From `bind` on.
    private let sockets = NIOLockedValueBox<[ListeningSocket]>([])

    /// - Parameters:
    ///   - inherited: sockets that are there already; the other addresses are bound.
    ///   - loops: each gets a thread and a resolver of its own.
    ///   - resolver: makes one; called on each thread.
    ///   - effects: makes what the requests of the loop with this number may wait for; called on its thread.
    ///   - redis: what the loop with this number is told of Redis; nil: records are elsewhere.
    package init(
        _ settings: Settings, inheriting inherited: InheritedSockets = InheritedSockets(), on loops: LoopSet,
        resolver: @escaping @Sendable () -> Authentication.Resolver,
        effects: @escaping @Sendable (Int) -> WorkerEffects,
        redis: @escaping @Sendable (Int) -> RedisSettings? = { _ in nil }
    ) {
        self.settings = NIOLockedValueBox(settings)
        self.inherited = inherited
        self.loops = loops
        self.resolver = resolver
        self.effects = effects
        self.redis = redis
        let (attempts, attempting) = AsyncStream.makeStream(of: Never.self)
        self.attempts = attempts
        gate = StartGate(workers: loops.mailboxes.count) {
            if !inherited.areHeld { loops.mailboxes.first?.post(.open) }
            attempting.finish()
        }
        self.count = ConnectionCount(limit: settings.maximumConnections)
        clocks = loops.mailboxes.map { _ in ThreadClock() }
        reports = NIOLockedValueBox(loops.mailboxes.map { _ in nil })
    }

    /// Listens on all addresses, or none. Who connects waits until `run`.
    ///
    /// - Returns: the addresses, plain, with TLS and of calls, with the ports that the system picked.
    @discardableResult
    package func bind() throws(ListenError) -> [ListenAddress] {
        if let bound = addresses { return bound }
        let settings = settings.withLockedValue(\.self)
        var opened: [ListeningSocket] = []
        do throws(ListenError) {
            for address in settings.addresses + settings.secured + settings.calls.map(\.address) {
                opened.append(try inherited.open(at: address, backlog: settings.backlog))
            }
        } catch {
            for socket in opened { socket.close() }
            throw error
        }
        sockets.withLockedValue { $0 = opened }
        return opened.map(\.address)
    }

    /// What it listens on; nothing before `bind`.
    package var listening: [ListeningSocket] { sockets.withLockedValue(\.self) }

    /// Another process no longer accepts at its sockets: this one does.
    package func open() {
        loops.mailboxes.first?.post(.open)
    }

    /// Serves until it is to shut down; then finishes the requests in flight. Binds, unless that was done.
    package func run() async throws {
        try bind()
        let threads = NIOThreadPool(numberOfThreads: loops.mailboxes.count)
        threads.start()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for number in loops.mailboxes.indices {
                    tasks.addTask { await self.serve(number: number, on: threads) }
                }
            }
        } onCancelOrGracefulShutdown: { [loops, settings] in
            loops.end(within: settings.withLockedValue(\.drain))
        }
        try await threads.shutdownGracefully()
    }

    /// Takes other limits. The addresses stay as they are; what bounds the workers is told them by who adopts.
    package func adopt(_ settings: Settings) {
        count.adopt(limit: settings.maximumConnections)
        self.settings.withLockedValue { $0 = settings }
    }

    /// What there is to say of each worker, in their order: of one that does not answer in time, what it said last, so that no sum falls;
    /// nil of one that never has.
    package func reports() async -> [WorkerReport?] {
        let answers = await loops.answers { reply in .report(reply) }
        return reports.withLockedValue { reports in
            for (number, clock) in clocks.enumerated() {
                if let answer = answers[number] { reports[number] = answer }
                reports[number]?.figures.busy = clock.nanoseconds
            }
            return reports
        }
    }

    package var connections: ConnectionFigures { ConnectionFigures(count) }

    private var addresses: [ListenAddress]? {
        sockets.withLockedValue { $0.isEmpty ? nil : $0.map(\.address) }
    }

    /// Returns when the loop has ended.
    private func serve(number: Int, on threads: NIOThreadPool) async {
        await withCheckedContinuation { continuation in
            threads.submit { _ in
                self.serve(number: number)
                continuation.resume()
            }
        }
    }

    private func serve(number: Int) {
        clocks[number].begin()
        defer { clocks[number].end() }
        let settings = settings.withLockedValue(\.self)
        let effects = effects(number)
        do throws(SystemError) { try settings.scheduling?.apply() } catch { effects.noteRefusedScheduling(error) }
        let fronts =
            settings.addresses.map { _ in GatewayFront.http } + settings.secured.map { _ in .secured }
            + settings.calls.map { .calls($0.mode) }
        let doors =
            number == 0
            ? Doors(
                listening, speaking: fronts, others: loops.mailboxes.dropFirst(), areHeld: inherited.areHeld) : nil
        var worker = Worker(
            limits: settings.connection, resolver: resolver(), effects: effects,
            observing: settings.observation, mailbox: loops.mailboxes[number], count: count, doors: doors,
            redis: redis(number), gate: gate, pulse: loops.pulses[number])
        worker.run()
    }
}

/// How long connections may last when the process is to end (contract section 7, `shutdown`).
package struct DrainLimits: Sendable {
    /// How long a connection may stay silent before it is closed. Closed at once, it could be in that very moment that the
    /// gateway sends a request on it, which would be lost; within this time the gateway's next request is answered with
    /// `Connection: close` on nearly every one, and then both sides know.
    package var idle: Duration
    /// How long requests in flight may take; then what is left is closed.
    package var timeout: Duration

    package init(idle: Duration = .milliseconds(500), timeout: Duration = .seconds(10)) {
        self.idle = idle
        self.timeout = timeout
    }
}
