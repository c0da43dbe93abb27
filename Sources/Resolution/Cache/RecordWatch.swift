/// Whether a record that was read is still what the store has. Belongs to one event loop.
///
/// It is made before somebody asks for the read, and broken when the store says that the record changed; so an invalidation
/// that arrives between the read and its use wins, whichever of the two connections was the faster. Who asks may join a
/// read that is on its way, but not one from before the record changed (the listener's `LookUps.changed`).
final class RecordWatch {
    /// The record changed, or the store can no longer tell.
    private(set) var isBroken = false

    func breakUp() {
        isBroken = true
    }
}
