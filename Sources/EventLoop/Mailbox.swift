import NIOConcurrencyHelpers
import Synchronization

/// How other threads reach an event loop. What one thread posts comes in its order.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct State: Sendable {
        var messages: [Message] = []
        /// Whether the bell was rung for them.
        var isRung = false
        /// Until the loop has ended.
        var isOpen = true
    }

    /// So many messages wait at most without a ring.
    private static var maximumUnrung: Int { 16 }

    /// Not a `Mutex` of Synchronization, which ThreadSanitizer does not know.
    private let state = NIOLockedValueBox(State())
    /// Set while there are messages.
    private let isFilled = Atomic(false)
    private let event = WakeUpEvent()
    /// Rings the loop's poller.
    package var bell: CInt { event.descriptor }

    package init() {}

    /// - Parameter wakes: whether the loop is woken for it. Otherwise it takes it, with all that was posted before, at the beginning of
    ///   its next turn: before anything that it hears in that. It is woken all the same when many such messages wait.
    /// - Returns: whether the loop will take it; false when it has ended.
    @discardableResult
    package func post(_ message: Message, wakes: Bool = true) -> Bool {
        let (isTaken, rings) = state.withLockedValue { state in
            guard state.isOpen else { return (false, false) }
            state.messages.append(message)
            isFilled.store(true, ordering: .releasing)
            // Who has rung has rung for all that come until they are taken.
            guard !state.isRung, wakes || state.messages.count >= Self.maximumUnrung else { return (true, false) }
            state.isRung = true
            return (true, true)
        }
        if rings { event.ring() }
        return isTaken
    }

    /// Posts a message that carries a reply, and waits for it; nil when the loop has ended.
    ///
    /// - Parameter message: makes the message from the reply, which is to be called once.
    package func request<Value: Sendable>(
        _ message: (@escaping @Sendable (Value) -> Void) -> Message
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            if !post(message { continuation.resume(returning: $0) }) { continuation.resume(returning: nil) }
        }
    }

    /// Whether something has come, told without taking the lock: of what another thread posts at this moment it may say nothing, as if
    /// that came later. Whatever the bell was rung for has come.
    package var hasMessages: Bool { isFilled.load(ordering: .acquiring) }

    /// Exchanges what has come for an empty list.
    package func take(into list: inout [Message]) {
        state.withLockedValue { state in
            swap(&state.messages, &list)
            state.isRung = false
            isFilled.store(false, ordering: .releasing)
        }
    }

    /// From now on nothing is taken; gives what came before.
    package func close() -> [Message] {
        state.withLockedValue { state in
            state.isOpen = false
            return state.messages
        }
    }
}
