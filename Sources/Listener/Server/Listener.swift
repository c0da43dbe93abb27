package import NIOCore
package import Resolution
import ServiceLifecycle
package import Tokens

/// The public listener: HTTP in, HTTP out.
///
/// Takes connections of a gateway, on TCP and on Unix sockets; gives each request the answer of its loop's `Resolver`.
/// Imports Bytes, Tokens, Resolution, Telemetry, NIO, ServiceLifecycle, and NIOHTTP1 for the admin listener alone.
package final class Listener: Service {
    package struct Settings: Sendable {
        /// Not empty.
        package var addresses: [ListenAddress]
        /// The most connections that are open at once.
        package var maximumConnections = 10_000
        package var connection = ConnectionLimits()
        /// How long requests in flight may take when the process is to end.
        package var drainTimeout = Duration.seconds(10)
        /// How many connections may wait to be accepted.
        package var backlog = 1_024

        package init(addresses: [ListenAddress]) {
            self.addresses = addresses
        }
    }

    private let settings: Settings
    private let loops: LoopSet
    private let doors: Doors

    /// - Parameters:
    ///   - group: the event loops; each gets a resolver of its own.
    ///   - resolver: makes one; called on each loop.
    ///   - effects: makes what a loop's requests may wait for; called on each loop.
    package init(
        _ settings: Settings, on group: any EventLoopGroup,
        resolver: @escaping @Sendable () -> Resolver,
        effects: @escaping @Sendable (ListenerLoop) -> LoopEffects
    ) {
        self.settings = settings
        let loops = LoopSet(group, limits: settings.connection, resolver: resolver, effects: effects)
        self.loops = loops
        self.doors = Doors(
            Doors.Plan(
                addresses: settings.addresses, backlog: settings.backlog,
                maximumConnections: settings.maximumConnections, acceptor: loops.first, group: group,
                serve: { channel in try loops.serve(channel) }))
    }

    /// Binds all addresses, or none.
    ///
    /// - Returns: the addresses, with the ports that the system picked.
    @discardableResult
    package func bind() async throws -> [ListenAddress] {
        try await doors.open()
    }

    /// Serves until it is to shut down; then finishes the requests in flight. Binds, unless that was done.
    package func run() async throws {
        try await bind()
        loops.start()
        await withTaskCancellationOrGracefulShutdownHandler {
            await doors.closed()
        } onCancelOrGracefulShutdown: { [doors] in
            doors.close()
        }
        await loops.drain(within: settings.drainTimeout)
        await doors.closeConnections()
    }

    /// Gives all loops a new key ring; from each loop's next request on it counts.
    package func publish(_ ring: KeyRing) {
        loops.forEach { loop in loop.withResolver { $0.publish(ring) } }
    }

    /// Adds up what all loops have counted.
    package func figures() async throws -> ListenerFigures {
        var sum = ListenerFigures()
        for figures in try await loops.collect({ $0.figures }) { sum.merge(figures) }
        let gate = try await doors.figures()
        sum.open = gate.open
        sum.accepted = gate.accepted
        sum.refused = gate.refused
        return sum
    }

    /// How many read buffers had to be made: about as many as there are loops, however many requests there were.
    package func readBuffersMade() async throws -> Int {
        try await loops.collect { $0.readBuffers.made }.reduce(0, +)
    }

    /// Reads something from each loop's resolver.
    package func collect<Value: Sendable>(_ read: @escaping @Sendable (inout Resolver) -> Value) async throws -> [Value]
    {
        try await loops.collect { loop in loop.withResolver(read) }
    }
}
