/// From when on a record may not have changed, for what is read of it to be still what the store has.
///
/// It is made before somebody asks for the read, and broken when the store says that the record changed; so an invalidation
/// that arrives between the read and its use wins, whichever of the two connections was the faster. Who asks may join a
/// read that is on its way, but not one from before the record changed (the listener's `LookUps.changed`).
struct RecordWatch {
    private static let placeBits: UInt64 = 20

    /// The place below, the number of changes above: 44 bits of them last for centuries.
    private let bits: UInt64

    /// - Parameters:
    ///   - place: the record's in `RecordWatches`.
    ///   - since: how many changes there had been.
    init(place: Int, since: UInt64) {
        bits = since << Self.placeBits | UInt64(truncatingIfNeeded: place)
    }

    var place: Int { Int(truncatingIfNeeded: bits & (1 << Self.placeBits - 1)) }
    var since: UInt64 { bits >> Self.placeBits }
}
