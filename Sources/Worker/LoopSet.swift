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

    /// Returns when each loop has turned since it was called; those that have ended count as such. Looked at as `stalled` does.
    @Sendable package func turned() async throws {
        let start = Moment.steadyNanoseconds()
        while pulses.contains(where: { !$0.hasBeaten(since: start) }) {
            try await Task.sleep(for: .nanoseconds(ConnectionBounds.tickNanoseconds))
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
