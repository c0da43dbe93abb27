import Listener
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Resolution
import Tokens

/// A listener that runs on sockets of this host while a test does.
struct RunningListener: Sendable {
    /// The look-ups that wait for the test to answer them.
    final class Store: Sendable {
        private let waiting = NIOLockedValueBox<[@Sendable (RecordReply) -> Void]>([])
        private let arrivals: AsyncStream<Void>
        private let arrival: AsyncStream<Void>.Continuation

        init() {
            (arrivals, arrival) = AsyncStream.makeStream()
        }

        func lookUp(on eventLoop: any EventLoop, _ reply: @escaping (RecordReply) -> Void) {
            let bound = NIOLoopBound(reply, eventLoop: eventLoop)
            waiting.withLockedValue { $0.append { reply in eventLoop.execute { bound.value(reply) } } }
            arrival.yield()
        }

        /// Returns when a look-up has come.
        func arrived() async {
            for await _ in arrivals { return }
        }

        func replyToAll(_ reply: RecordReply) {
            let replies = waiting.withLockedValue { list in
                defer { list = [] }
                return list
            }
            for body in replies { body(reply) }
        }
    }

    let listener: Listener
    let addresses: [ListenAddress]
    let group: MultiThreadedEventLoopGroup
    let store: Store
    /// The listener's `run`; to cancel it is to ask for a graceful shutdown.
    let running: Task<Void, any Error>

    func connect(_ index: Int = 0) async throws -> SocketClient {
        try await SocketClient(addresses[index], on: group)
    }

    static func settings(_ addresses: String...) throws -> Listener.Settings {
        Listener.Settings(addresses: try addresses.map { text throws in try ListenAddress(text) })
    }

    static func make(_ settings: Listener.Settings, on group: any EventLoopGroup, _ store: Store = Store()) -> Listener
    {
        Listener(settings, on: group, resolver: { Stage.resolver() }) { loop in
            let eventLoop = loop.eventLoop
            return LoopEffects(
                lookUp: { _, reply in store.lookUp(on: eventLoop, reply) }, find: { _, reply in reply(.unavailable) })
        }
    }

    static func with(
        _ settings: Listener.Settings, loops: Int = 2, _ body: (RunningListener) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let store = Store()
        let listener = make(settings, on: group, store)
        do {
            let addresses = try await listener.bind()
            let running = Task { try await listener.run() }
            try await body(
                RunningListener(
                    listener: listener, addresses: addresses, group: group, store: store, running: running))
            running.cancel()
            store.replyToAll(.unavailable(.timedOut))
            try await running.value
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }
}
