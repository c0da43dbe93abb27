package import Authentication
import Bytes
import EventLoop
package import Redis
package import Telemetry

/// A `RedisClient` on a thread of its own, for commands that read a few records and for tests: asked from any thread.
package final class RecordReader: Sendable {
    package typealias Reply = @Sendable (RecordReply) -> Void

    private enum Request: Sendable {
        case ask([(RecordQuery, Reply)])
        case perform(@Sendable (inout RedisClient) -> Void)
        case resolved(RedisClient.Resolution, RedisClient.Resolution.Answer)
        case whenTried(@Sendable () -> Void)
        case end(@Sendable () -> Void)
    }

    private let mailbox = Mailbox<Request>()

    /// Connects.
    ///
    /// - Parameter memory: told what becomes of what was read, when the feed is to be followed; nil: it is not.
    package init(
        _ settings: RedisConfiguration, log: LimitedLog,
        memory: (@Sendable (RedisClient.MemoryEvent) -> Void)? = nil
    ) {
        let hasBegun = BlockingThreads.run { [mailbox] in
            var loop = Loop(settings, log: log, mailbox: mailbox, memory: memory)
            loop.run()
        }
        // Whoever asks is told that there is no connection.
        if !hasBegun { _ = mailbox.close() }
    }

    deinit {
        mailbox.post(.end {})
    }

    /// Waits until the first attempt to connect has ended, well or badly.
    package func connected() async {
        _ = await mailbox.request { reply in .whenTried { reply(()) } }
    }

    /// Asks for records in one turn; each reply is called once, on the reader's thread.
    package func ask(_ questions: [(RecordQuery, Reply)]) {
        guard !mailbox.post(.ask(questions)) else { return }
        for (_, reply) in questions { reply(.unavailable(.disconnected)) }
    }

    /// Asks for a record.
    package func read(_ query: RecordQuery) async -> RecordReply {
        await mailbox.request { reply in .ask([(query, reply)]) } ?? .unavailable(.disconnected)
    }

    /// Does something with the client on its thread, and gives the result; nil when the reader was stopped.
    package func with<Value: Sendable>(_ body: @escaping @Sendable (inout RedisClient) -> Value) async -> Value? {
        await mailbox.request { reply in .perform { reply(body(&$0)) } }
    }

    /// Whether records can be read.
    package func status(trying queries: [RecordQuery]) async -> StoreStatus {
        let status = await mailbox.request { reply in
            .perform { client in client.tryRecords(of: queries, at: Moment.steadyNanoseconds(), reply: reply) }
        }
        return status ?? .unreachable(reason: "it could not be asked")
    }

    /// Closes the connections. What waits fails, and so does what is asked later.
    package func stop() async {
        _ = await mailbox.request { reply in .end { reply(()) } }
    }

    /// What the Sentinels say; nil where there are none.
    package func primaryView() async -> PrimaryView? {
        await with { client in client.primaryView(at: Moment.steadyNanoseconds()) } ?? nil
    }

    /// Tries a store once: connects, does what the set-up of a connection does within `connect_timeout`, and asks for records.
    ///
    /// - Returns: what came of it, and what the Sentinels said, where there are any.
    package static func probe(
        _ settings: RedisConfiguration, asking queries: [RecordQuery], log: LimitedLog
    ) async -> (status: StoreStatus, primary: PrimaryView?) {
        let reader = RecordReader(settings, log: log)
        await reader.connected()
        let status = await reader.status(trying: queries)
        let primary = await reader.primaryView()
        await reader.stop()
        return (status, primary)
    }

    /// What is the thread's own.
    private struct Loop: ~Copyable {
        private struct Waiting {
            /// Nil for what was asked once more already.
            let query: RecordQuery?
            let reply: Reply
        }

        private static let mailboxToken: UInt64 = 0
        private static let tokens = RedisClient.Tokens(data: 1, feed: 2, sentinels: 3)

        private let poller = Poller()
        private let buffer = ReadBuffer()
        private let mailbox: Mailbox<Request>
        private var client: RedisClient
        private let memory: (@Sendable (RedisClient.MemoryEvent) -> Void)?
        private var waiting: [Int: Waiting] = [:]
        private var number = 0
        /// Told when the first attempt has ended.
        private var expectant: [@Sendable () -> Void] = []
        private var ending: (@Sendable () -> Void)?

        init(
            _ settings: RedisConfiguration, log: LimitedLog, mailbox: Mailbox<Request>,
            memory: (@Sendable (RedisClient.MemoryEvent) -> Void)?
        ) {
            self.mailbox = mailbox
            self.memory = memory
            client = RedisClient(
                settings, role: memory == nil ? .none : .owner, isWatcher: true, tokens: Self.tokens, log: log)
            _ = poller.add(mailbox.bell, as: Self.mailboxToken, for: [.input, .edge])
        }

        mutating func run() {
            client.start(on: poller, at: Moment.steadyNanoseconds())
            settle()
            while ending == nil { turn() }
            client.stop(on: poller, at: Moment.steadyNanoseconds())
            settle()
            for message in mailbox.close() { refuse(message) }
            for entry in waiting.values { entry.reply(.unavailable(.disconnected)) }
            ending?()
        }

        private mutating func turn() {
            let nanoseconds = max(0, client.due.addingSaturated(-Moment.steadyNanoseconds()))
            let patience = min(nanoseconds.addingSaturated(999_999) / 1_000_000, 60_000)
            let count = poller.wait(milliseconds: CInt(patience))
            let now = Moment.steadyNanoseconds()
            for index in 0..<count {
                let event = poller.event(number: index)
                if event.token != Self.mailboxToken { client.hear(event, buffer: buffer, on: poller, at: now) }
            }
            var messages: [Request] = []
            mailbox.take(into: &messages)
            for message in messages { perform(message, at: now) }
            if now >= client.due { client.pass(buffer: buffer, on: poller, at: now) }
            client.flush(on: poller, at: now)
            settle()
        }

        private mutating func perform(_ message: Request, at now: Int64) {
            switch message {
            case .ask(let questions):
                for (query, reply) in questions {
                    number += 1
                    waiting[number] = Waiting(query: query, reply: reply)
                    client.ask(for: query, number: number, asked: now, at: now)
                }
            case .perform(let body): body(&client)
            case .resolved(let resolution, let answer):
                client.resolved(resolution, to: answer, on: poller, at: now)
            case .whenTried(let body): expectant.append(body)
            case .end(let body): ending = body
            }
        }

        /// Answers what came after the end.
        private mutating func refuse(_ message: Request) {
            switch message {
            case .ask(let questions): for (_, reply) in questions { reply(.unavailable(.disconnected)) }
            case .perform(let body): body(&client)
            case .resolved: break
            case .whenTried(let body), .end(let body): body()
            }
        }

        /// Hands out what there is.
        private mutating func settle() {
            let now = Moment.steadyNanoseconds()
            for resolution in client.takeResolutions() {
                resolution.answer(by: client.names) { [mailbox] answer in
                    mailbox.post(.resolved(resolution, answer))
                }
            }
            for lost in client.takeLost() {
                guard let entry = waiting.removeValue(forKey: lost.number) else { continue }
                guard let query = entry.query, ending == nil else {
                    client.gaveUp(lost, at: now)
                    entry.reply(lost.reply)
                    continue
                }
                waiting[lost.number] = Waiting(query: nil, reply: entry.reply)
                client.ask(for: query, number: lost.number, asked: now, at: now)
            }
            var replies: [NumberedReply] = []
            client.takeReplies(into: &replies)
            for reply in replies { waiting.removeValue(forKey: reply.number)?.reply(reply.reply) }
            for event in client.takeMemoryEvents() { memory?(event) }
            _ = client.takeChanges()
            guard client.hasEndedFirstAttempt else { return }
            for body in expectant { body() }
            expectant = []
        }
    }
}
