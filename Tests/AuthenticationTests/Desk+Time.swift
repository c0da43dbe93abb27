import Authentication
import Bytes

extension Desk {
    /// What Authgear is asked in the background, after the next tick.
    mutating func takeQuestions() -> [BackgroundQuestion] {
        resolver.askAboutEndedUsers(now: moment)
        return resolver.takeBackgroundQuestions()
    }

    mutating func pass(_ span: Duration) {
        now = now + span
    }

    /// The store has nothing under the key any more, and tells.
    mutating func lose(_ key: String) {
        store[key] = .missing
        resolver.recordChanged(Array(key.utf8), now: moment)
    }
}

extension Resolver {
    /// The record under a key changed, and the store is heard to say so at this moment.
    mutating func recordChanged(_ key: [UInt8], now: Moment) {
        recordChanged(key.span.bytes, heard: now.steady, now: now)
    }
}
