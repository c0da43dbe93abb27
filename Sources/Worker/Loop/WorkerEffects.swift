package import Authentication
package import JOSE

/// What an event loop's requests may wait for. Called on the loop.
package struct WorkerEffects {
    /// How records are looked up.
    package enum Store {
        /// In memory.
        case atOnce((RecordQuery) -> RecordReply)
        /// Elsewhere: takes the questions of a turn, while there is no `StoreLine`; posts a reply to each to the loop's
        /// mailbox, once.
        case later(([Question]) -> Void)
    }

    package var store: Store
    /// Looks for a key; posts the reply to the loop's mailbox, once.
    package var find: (MissingKey, Ticket) -> Void
    /// Asks Authgear; posts the reply to the loop's mailbox, once.
    package var ask: (AuthgearQuestion, Ticket) -> Void = { _, _ in }
    /// Asks Authgear while no request waits; tells the loop's resolver the reply.
    package var askInBackground: (BackgroundQuestion) -> Void = { _ in }
    /// Takes note of answers that were too long: once a tick at most.
    package var noteLongAnswers: (LongAnswers) -> Void = { _ in }
    /// Takes how often which header was not the one in Authgear's answer: once a tick at most.
    package var noteShadowDifferences: ([(header: String, count: Int)]) -> Void = { _ in }
    /// Takes what was refused, once a tick at most; nothing unless the resolver's tally takes notes.
    package var noteRefusals: ([RefusalNote]) -> Void = { _ in }

    package init(store: Store, find: @escaping (MissingKey, Ticket) -> Void) {
        self.store = store
        self.find = find
    }
}
