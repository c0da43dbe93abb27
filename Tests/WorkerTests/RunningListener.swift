import Authentication
import EventLoop
import Fixtures
import JOSE
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Worker

/// A listener that runs on sockets of this host while a test does.
struct RunningListener: Sendable {
    /// The look-ups that wait for the test to answer them.
    final class Store: Sendable {
        private let waiting = NIOLockedValueBox<[(WorkerMailbox, Int)]>([])
        private let arrivals: AsyncStream<Void>
        private let arrival: AsyncStream<Void>.Continuation

        init() {
            (arrivals, arrival) = AsyncStream.makeStream()
        }

        func lookUp(_ mailbox: WorkerMailbox, _ questions: [Question]) {
            waiting.withLockedValue { list in list += questions.map { (mailbox, $0.number) } }
            arrival.yield()
        }

        /// Returns when a look-up has come.
        func arrived() async {
            for await _ in arrivals { return }
        }

        func replyToAll(_ reply: RecordReply) {
            let waiting = waiting.withLockedValue { list in
                defer { list = [] }
                return list
            }
            for (mailbox, number) in waiting { mailbox.post(.records([NumberedReply(number: number, reply: reply)])) }
        }
    }

    let listener: Listener
    let loops: LoopSet
    let addresses: [ListenAddress]
    /// For clients.
    let group: MultiThreadedEventLoopGroup
    let store: Store
    /// The listener's `run`; to cancel it is to ask for a graceful shutdown.
    let running: Task<Void, any Error>

    func connect(_ index: Int = 0) async throws -> SocketClient {
        try await SocketClient(addresses[index], on: group)
    }

    static func settings(_ addresses: String...) throws -> Listener.Settings {
        try settings(addresses)
    }

    static func settings(_ addresses: [String]) throws -> Listener.Settings {
        Listener.Settings(
            addresses: try addresses.map { text throws in try ListenAddress(text) }, maximumConnections: 100,
            connection: .generous)
    }

    static func make(_ settings: Listener.Settings, on loops: LoopSet, _ store: Store = Store()) -> Listener {
        Listener(settings, on: loops, resolver: { Stage.resolver() }) { number in
            let mailbox = loops.mailboxes[number]
            return WorkerEffects(
                store: .later { questions in store.lookUp(mailbox, questions) },
                find: { _, ticket in mailbox.post(.reply(ticket, .key(.unavailable))) })
        }
    }

    static func with(
        _ settings: Listener.Settings, loops count: Int = 2, _ body: (RunningListener) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (loops, store) = (LoopSet(count: count), Store())
        let listener = make(settings, on: loops, store)
        let addresses = try listener.bind()
        let running = Task { try await listener.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(
                    RunningListener(
                        listener: listener, loops: loops, addresses: addresses, group: group, store: store,
                        running: running)))
        } catch {
            result = .failure(error)
        }
        running.cancel()
        store.replyToAll(.unavailable(.timedOut))
        try await running.value
        try await group.shutdownGracefully()
        try result.get()
    }
}
