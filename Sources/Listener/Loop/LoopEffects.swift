package import Resolution
package import Tokens

/// What an event loop's requests may wait for. Called on the loop.
package struct LoopEffects {
    /// Looks a record up: gives the reply at once, or nil and posts it to the loop's mailbox later, once.
    package var lookUp: (RecordQuery, Ticket) -> RecordReply?
    /// Looks for a key; posts the reply to the loop's mailbox, once.
    package var find: (MissingKey, Ticket) -> Void
    /// Called after each turn: what was asked in it may leave together.
    package var endTurn: () -> Void

    package init(
        lookUp: @escaping (RecordQuery, Ticket) -> RecordReply?, find: @escaping (MissingKey, Ticket) -> Void,
        endTurn: @escaping () -> Void = {}
    ) {
        self.lookUp = lookUp
        self.find = find
        self.endTurn = endTurn
    }
}
