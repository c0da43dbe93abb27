/// What happens to a feed, in order. Changes that come together are one event.
struct FeedEvents {
    private var events: [FeedConnectionState.Event] = []
    /// The keys that were changed since the last event.
    var changed = KeyList()

    /// The changes come before what comes behind them: a heartbeat's answer says that all before it was told.
    mutating func tell(_ event: FeedConnectionState.Event) {
        tellChanges()
        events.append(event)
    }

    /// Exchanges what has happened for an empty list.
    mutating func take(into list: inout [FeedConnectionState.Event]) {
        tellChanges()
        swap(&events, &list)
    }

    private mutating func tellChanges() {
        guard !changed.isEmpty else { return }
        events.append(.changed(changed))
        changed = KeyList()
    }
}
