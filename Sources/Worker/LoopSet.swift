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

    /// Asks each loop.
    package func collect<Value: Sendable>(
        _ read: @escaping @Sendable (inout WorkerContext) -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        for mailbox in mailboxes {
            guard let value = await mailbox.request({ reply in .perform { reply(read(&$0)) } }) else { throw Ended() }
            values.append(value)
        }
        return values
    }

    /// Asks all loops at the same time, but for those that hang: they can't answer, and what they are asked would add up.
    ///
    /// - Parameter message: makes the message from the reply, which is to be called once.
    /// - Returns: what each loop has said within the time; nil of one that has not, or has ended.
    package func answers<Value: Sendable>(
        within patience: Duration = Self.patience, _ message: (@escaping @Sendable (Value) -> Void) -> Message
    ) async -> [Value?] {
        let hanging = Set(stalled(at: Moment.steadyNanoseconds()).map(\.worker))
        let (replies, replying) = AsyncStream.makeStream(of: (worker: Int, value: Value).self)
        var missing = mailboxes.enumerated().count { number, mailbox in
            !hanging.contains(number) && mailbox.post(message { replying.yield((worker: number, value: $0)) })
        }
        let clock = Task {
            try await Task.sleep(for: patience)
            replying.finish()
        }
        defer { clock.cancel() }
        var answers = [Value?](repeating: nil, count: mailboxes.count)
        var iterator = replies.makeAsyncIterator()
        while missing > 0, let reply = await iterator.next() {
            answers[reply.worker] = reply.value
            missing -= 1
        }
        return answers
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

    /// Tells all loops to end: the first, which has the doors and tells the others.
    func end(within limits: DrainLimits) {
        mailboxes.first?.post(.end(limits))
    }
}
