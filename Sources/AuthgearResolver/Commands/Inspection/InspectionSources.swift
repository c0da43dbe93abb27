package import Authentication

/// What an inspection asks while it decides.
package struct InspectionSources: Sendable {
    /// Reads a record; where there is no reply, says why.
    package var read: @Sendable (RecordQuery) async -> (reply: RecordReply, trouble: String?)
    /// Asks Authgear about a credential; where it doesn't say, says why.
    package var ask: @Sendable (AuthgearQuestion) async -> (reply: AuthgearReply, trouble: String?)

    package init(
        read: @escaping @Sendable (RecordQuery) async -> (reply: RecordReply, trouble: String?),
        ask: @escaping @Sendable (AuthgearQuestion) async -> (reply: AuthgearReply, trouble: String?)
    ) {
        (self.read, self.ask) = (read, ask)
    }
}
