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
    /// The look-ups that wait in the workers for the test to answer them.
    struct Store: Sendable {
        let loops: LoopSet

        /// Returns when a look-up has come.
        func arrived() async throws {
            try await waitUntil { try await loops.collect { $0.lookUps.hasQuestions }.contains(true) }
        }

        func replyToAll(_ reply: RecordReply) {
            for mailbox in loops.mailboxes {
                mailbox.post(
                    .perform { context in
                        var questions: [Question] = []
                        context.lookUps.takeQuestions(into: &questions)
                        for question in questions {
                            mailbox.post(reply, to: context.lookUps.answered(number: question.number))
                        }
                    })
            }
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

    static func make(_ settings: Listener.Settings, on loops: LoopSet) -> Listener {
        Listener(settings, on: loops, resolver: { Stage.resolver() }) { number in
            let mailbox = loops.mailboxes[number]
            var effects = WorkerEffects(
                store: .shared,
                find: { _, ticket in mailbox.post(.reply(ticket, .key(.unavailable))) })
            effects.spans = SpanQueue()
            return effects
        }
    }

    static func with(
        _ settings: Listener.Settings, loops count: Int = 2, _ body: (RunningListener) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loops = LoopSet(count: count)
        let store = Store(loops: loops)
        let listener = make(settings, on: loops)
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

extension LoopSet {
    /// Asks each loop.
    func collect<Value: Sendable>(
        _ read: @escaping @Sendable (inout WorkerContext) -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        for mailbox in mailboxes {
            guard let value = await mailbox.request({ reply in .perform { reply(read(&$0)) } }) else { throw Ended() }
            values.append(value)
        }
        return values
    }
}
