/// Whether a record that was read is still what the store has. Belongs to one event loop.
///
/// It is made before the read is sent and broken when the store says that the record changed; so an invalidation that
/// arrives between the read and its use wins, whichever of the two connections was the faster.
final class RecordWatch {
    /// The record changed, or the store can no longer tell.
    private(set) var isBroken = false

    func breakUp() {
        isBroken = true
    }
}
