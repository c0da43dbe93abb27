import Synchronization
import Tokens

/// Hands key rings from the key sets to the listener: each needs the other from its beginning, so one must be told later.
final class RingRelay: Sendable {
    private let subscriber = Mutex<(@Sendable (KeyRing) -> Void)?>(nil)

    func subscribe(_ subscriber: @escaping @Sendable (KeyRing) -> Void) {
        self.subscriber.withLock { $0 = subscriber }
    }

    func publish(_ ring: KeyRing) {
        subscriber.withLock { $0 }?(ring)
    }
}
