import CEpoll
import Glibc
import NIOConcurrencyHelpers

/// How other threads reach an event loop. What one thread posts comes in its order.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct State: Sendable {
        var messages: [Message] = []
        /// Until the loop has ended.
        var isOpen = true
    }

    /// Not a `Mutex` of Synchronization, which ThreadSanitizer does not know.
    private let state = NIOLockedValueBox(State())
    /// Rings the loop's poller.
    package let bell: CInt

    package init() {
        bell = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(bell >= 0, "the system has no descriptor left for the mailbox of an event loop")
    }

    deinit {
        Glibc.close(bell)
    }

    /// - Returns: whether the loop will take it; false when it has ended.
    @discardableResult
    package func post(_ message: Message) -> Bool {
        let (isTaken, isFirst) = state.withLockedValue { state in
            guard state.isOpen else { return (false, false) }
            state.messages.append(message)
            return (true, state.messages.count == 1)
        }
        // Who posted the first one has rung for the others too.
        if isFirst { ring() }
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

    /// Exchanges what has come for an empty list.
    package func take(into list: inout [Message]) {
        state.withLockedValue { swap(&$0.messages, &list) }
    }

    /// From now on nothing is taken; gives what came before.
    package func close() -> [Message] {
        state.withLockedValue { state in
            state.isOpen = false
            return state.messages
        }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = unsafe write(bell, &one, MemoryLayout<UInt64>.size)
    }
}
