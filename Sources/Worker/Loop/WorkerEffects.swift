package import Authentication
package import Bytes
package import JOSE
package import TLS

/// What an event loop's requests may wait for. Called on the loop.
package struct WorkerEffects {
    /// How records are looked up.
    package enum Store {
        /// In memory.
        case atOnce((RecordQuery) -> RecordReply)
        /// In Redis, or by whoever drives a worker that has no client of it: what is asked is in `LookUps`.
        case shared
    }

    package var store: Store
    /// Looks for a key; posts the reply to the loop's mailbox, once.
    package var find: (MissingKey, Ticket) -> Void
    /// Asks Authgear; posts the reply to the loop's mailbox, once.
    package var ask: (AuthgearQuestion, Ticket) -> Void = { _, _ in }
    /// Asks Authgear while no request waits; tells the loop's resolver the reply.
    package var askInBackground: (BackgroundQuestion) -> Void = { _ in }
    /// Asks an introspection endpoint; posts the reply to the loop's mailbox, once.
    package var askForClaims: (ClaimsQuestion, Ticket) -> Void = { _, _ in }
    /// Asks one while no request waits; tells the loop's resolver the reply.
    package var askForClaimsInBackground: (AskedClaims) -> Void = { _ in }
    /// Has a table made for a key that is in demand; a key ring with it may come.
    package var makeTable: (KeyInDemand) -> Void = { _ in }
    /// Takes note of answers that were too long: once a tick at most.
    package var noteLongAnswers: (LongAnswers) -> Void = { _ in }
    /// Takes how often which header was not the one in Authgear's answer: once a tick at most.
    package var noteShadowDifferences: ([(header: String, count: Int)]) -> Void = { _ in }
    /// Takes what was refused, once a tick at most; nothing unless the resolver's tally takes notes.
    package var noteRefusals: ([RefusalNote]) -> Void = { _ in }
    /// Takes what is to be logged of single requests, once a tick at most.
    package var noteSamples: (RequestSamples) -> Void = { _ in }
    /// Where spans of traces go; nil: nowhere.
    package var spans: SpanQueue?
    /// Takes why the thread is not scheduled as it was to be.
    package var noteRefusedScheduling: (SystemError) -> Void = { _ in }
    /// How TLS is spoken with who connects now; nil: it is not.
    package var serverTLS: () -> TLSServerContext? = { nil }

    package init(store: Store, find: @escaping (MissingKey, Ticket) -> Void) {
        self.store = store
        self.find = find
    }
}

/// Which wait of which request a reply is for. A reply that comes too late finds nobody.
package struct Ticket: Hashable, Sendable {
    /// Where the loop has the connection.
    let slot: Int
    /// Where the connection has the request, if it can have several at once.
    let stream: Int
    /// The loop's number of the wait: no two have the same.
    let wait: UInt64

    package init(slot: Int, stream: Int = 0, wait: UInt64) {
        self.slot = slot
        self.stream = stream
        self.wait = wait
    }
}
