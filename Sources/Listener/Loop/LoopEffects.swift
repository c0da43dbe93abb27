package import Resolution
package import Tokens

/// What an event loop's requests may wait for. Both are called on the loop.
package struct LoopEffects {
    /// Looks a record up; replies once, on the loop, perhaps before it returns.
    package var lookUp: (RecordQuery, @escaping (RecordReply) -> Void) -> Void
    /// Looks for a key; replies once, on any thread.
    package var find: (MissingKey, @escaping @Sendable (KeyReply) -> Void) -> Void

    /// Nothing can be looked up or found.
    package static var none: LoopEffects {
        LoopEffects(
            lookUp: { _, reply in reply(.unavailable(.disconnected)) }, find: { _, reply in reply(.unavailable) })
    }

    package init(
        lookUp: @escaping (RecordQuery, @escaping (RecordReply) -> Void) -> Void,
        find: @escaping (MissingKey, @escaping @Sendable (KeyReply) -> Void) -> Void
    ) {
        self.lookUp = lookUp
        self.find = find
    }
}
