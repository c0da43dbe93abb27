package import Bytes

// What answers from records rest on: a store that tells of their changes.
extension Resolver {
    /// Whether what rests on records may be answered from memory at this moment.
    package func trustsSessions(at now: Moment) -> Bool { memory.watches.areTrusted(at: now) }

    /// The store tells of changes, and has told of all up to now: what rests on records may be answered from memory until that
    /// moment of the steady clock, in nanoseconds.
    package mutating func trustSessions(until steady: Int64) {
        memory.watches.trust(until: steady)
    }

    /// The store can't tell of changes any more: what rests on records is forgotten, and each is read again.
    package mutating func distrustSessions() {
        // The watches first: what is being read right now is not remembered when it comes.
        memory.watches.distrust()
        memory.users.distrust()
        sessionAnswers.forgetRecords()
        tokenAnswers.forgetRecords()
    }

    /// The record under this key of the store changed, or is gone.
    ///
    /// - Parameter heard: when the store was heard to say so, on the steady clock, in nanoseconds.
    package mutating func recordChanged(_ key: RawSpan, heard: Int64, now: Moment) {
        memory.watches.recordChanged(key)
        // None is known unless Authgear can be asked.
        guard !memory.users.isEmpty, let id = settings.sessions?.keys.userID(ofKey: key) else { return }
        let isTold = memory.watches.areTrusted(at: now)
        memory.users.changed(key, of: key.extracting(id), isTold: isTold, heard: heard) { credential in
            sessionAnswers.isUsed(credential) || tokenAnswers.isUsed(credential)
        }
    }
}
