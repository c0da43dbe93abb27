import Authentication
import Bytes
import EventLoop
import HTTP1
package import JOSE

/// The mailboxes of all event loops: how the rest of the process reaches them.
package struct LoopSet: Sendable {
    /// The loops have ended.
    package struct Ended: Error {
        package init() {}
    }

    /// So long one that may hang is waited for by who tells of all.
    package static let patience = Duration.seconds(2)

    package let mailboxes: [WorkerMailbox]
    /// One for each, in the same order.
    package let pulses: [WorkerPulse]

    package init(count: Int) {
        mailboxes = (0..<count).map { _ in WorkerMailbox() }
        pulses = (0..<count).map { _ in WorkerPulse() }
    }

    /// Gives all loops a new key ring; from each loop's next request on it counts.
    package func publish(_ ring: KeyRing) {
        for mailbox in mailboxes { mailbox.post(.perform { $0.resolver.publish(ring) }) }
    }

    /// Asks all loops at the same time, but for those that hang: they can't answer, and what they are asked would add up.
    ///
    /// - Parameter message: makes the message from the reply, which is to be called once.
    /// - Returns: what each loop has said within the time; nil of one that has not, or has ended.
    package func answers<Value: Sendable>(
        within patience: Duration = Self.patience, _ message: (@escaping @Sendable (Value) -> Void) -> Message
    ) async -> [Value?] {
        let (hanging, replies) = (hanging, LoopReplies<Value>())
        let asked = mailboxes.indices.filter { number in
            !hanging.contains(number) && mailboxes[number].post(message { replies.add($0, of: number) })
        }
        let answers = await replies.take(from: asked, within: patience)
        return mailboxes.indices.map { answers[$0] }
    }

    /// Has each loop do something between two requests. One that hangs does it before it hears anything else when it goes on, and is not
    /// waited for.
    ///
    /// - Returns: the numbers of those that have not done it within the time.
    package func perform(
        within patience: Duration = Self.patience, _ body: @escaping @Sendable (inout WorkerContext) -> Void
    ) async throws(Ended) -> [Int] {
        let (hanging, replies) = (hanging, LoopReplies<Void>())
        for (number, mailbox) in mailboxes.enumerated() {
            let message = Message.perform { context in
                body(&context)
                replies.add((), of: number)
            }
            guard mailbox.post(message) else { throw Ended() }
        }
        let done = await replies.take(from: mailboxes.indices.filter { !hanging.contains($0) }, within: patience)
        return mailboxes.indices.filter { done[$0] == nil }
    }

    /// Returns when each loop has turned since it was called, for which it is woken; those that have ended count as such.
    @Sendable package func turned() async throws {
        let (turns, turning) = AsyncStream.makeStream(of: Void.self)
        var missing = mailboxes.count { $0.post(.perform { _ in turning.yield() }) }
        var iterator = turns.makeAsyncIterator()
        while missing > 0 {
            guard await iterator.next() != nil else { throw CancellationError() }
            missing -= 1
        }
    }

    /// The loops that have not turned for too long, and for how long: told without asking them, as they could not answer.
    ///
    /// - Parameter now: the steady clock, in nanoseconds.
    package func stalled(at now: Int64) -> [(worker: Int, silence: Duration)] {
        pulses.enumerated().map { (worker: $0, silence: $1.silence(at: now)) }
            .filter { $0.silence > WorkerPulse.longestSilence }
    }

    /// The numbers of those that do not turn.
    package var hanging: Set<Int> { Set(stalled(at: Moment.steadyNanoseconds()).map(\.worker)) }

    /// Tells all loops to end: the first, which has the doors and tells the others.
    func end(within limits: DrainLimits) {
        mailboxes.first?.post(.end(limits))
    }
}

/// What loops reply, each to the same message.
private struct LoopReplies<Value: Sendable>: Sendable {
    private let stream: AsyncStream<(worker: Int, value: Value)>
    private let replying: AsyncStream<(worker: Int, value: Value)>.Continuation

    init() {
        (stream, replying) = AsyncStream.makeStream()
    }

    func add(_ value: Value, of worker: Int) {
        replying.yield((worker: worker, value: value))
    }

    /// Gives what has come when these have replied, or the time is over.
    func take(from workers: [Int], within patience: Duration) async -> [Int: Value] {
        let clock = Task {
            try await Task.sleep(for: patience)
            replying.finish()
        }
        defer { clock.cancel() }
        var values: [Int: Value] = [:]
        var missing = Set(workers)
        var iterator = stream.makeAsyncIterator()
        while !missing.isEmpty, let reply = await iterator.next() {
            values[reply.worker] = reply.value
            missing.remove(reply.worker)
        }
        return values
    }
}
