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
