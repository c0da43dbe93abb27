import Foundation
import NIOConcurrencyHelpers

/// Holds threads up while it is closed.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let isOpen: NIOLockedValueBox<Bool>

    init(isOpen: Bool) { self.isOpen = NIOLockedValueBox(isOpen) }

    func set(isOpen: Bool) {
        condition.lock()
        self.isOpen.withLockedValue { $0 = isOpen }
        condition.broadcast()
        condition.unlock()
    }

    /// Returns as soon as it is open.
    func pass() {
        condition.lock()
        while !isOpen.withLockedValue(\.self) { condition.wait() }
        condition.unlock()
    }
}
