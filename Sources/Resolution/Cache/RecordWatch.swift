/// From when on a record may not have changed, for what is read of it to be still what the store has.
///
/// It is made before somebody asks for the read, and broken when the store says that the record changed; so an invalidation
/// that arrives between the read and its use wins, whichever of the two connections was the faster. Who asks may join a
/// read that is on its way, but not one from before the record changed (the listener's `LookUps.changed`).
struct RecordWatch {
    /// The record's place in `RecordWatches`.
    let place: Int
    /// How many changes there had been.
    let since: UInt64
}
