import Bytes

/// Tells of what was read whether the record has changed since, as far as the store tells of changes. Belongs to one event
/// loop.
///
/// Nothing is kept for a record. Each falls on one of a fixed number of places, by a hash that nobody outside can foresee,
/// and a place has the number of the last change of any of its records. So a change breaks the watches over other records
/// of that place, too: those are read again, which is never wrong; and made-up cookies take no memory and no time.
struct RecordWatches {
    /// The numbers of the last changes; empty until something is watched.
    private var changes: [UInt64] = []
    /// A power of two.
    private var places: Int
    /// How many changes there were so far.
    private var count: UInt64 = 0
    /// The number of the last change that may have been one of any record.
    private var lastOfAll: UInt64 = 0
    /// Up to when, on the steady clock, the store is known to tell of changes; in the past while it doesn't.
    private var trustedUntil = Int64.min

    /// Eight bytes each.
    private static let maximumPlaces = 1 << 20

    /// - Parameter records: about how many are watched at a time.
    init(records: Int) {
        places = Self.places(for: records)
    }

    private static func places(for records: Int) -> Int {
        var places = 1024
        while places < records, places < Self.maximumPlaces { places *= 2 }
        return places
    }

    /// About another number of records is watched from now on. The watches so far break where that takes more places, or
    /// fewer.
    mutating func resize(records: Int) {
        guard Self.places(for: records) != places else { return }
        places = Self.places(for: records)
        if !changes.isEmpty { changes = Array(repeating: 0, count: places) }
        count += 1
        lastOfAll = count
    }

    /// Whether the store would have told of a change.
    func areTrusted(at now: Moment) -> Bool { now.steady <= trustedUntil }

    /// A watch that begins now over the record that is asked for; nil while nothing tells of its changes.
    mutating func watch(_ query: RecordQuery, now: Moment) -> RecordWatch? {
        guard areTrusted(at: now) else { return nil }
        if changes.isEmpty { changes = Array(repeating: 0, count: places) }
        return RecordWatch(place: place(of: query.keyHash), since: count)
    }

    /// Whether the record may have changed.
    func isBroken(_ watch: RecordWatch) -> Bool {
        watch.place >= changes.count || max(lastOfAll, changes[watch.place]) > watch.since
    }

    /// The record under the key changed.
    mutating func recordChanged(_ key: RawSpan) {
        guard !changes.isEmpty else { return }
        count += 1
        changes[place(of: RecordQuery.hash(of: key))] = count
    }

    /// The store tells of changes, and has told of all up to now: it is trusted to until then, on the steady clock.
    mutating func trust(until steady: Int64) {
        trustedUntil = steady
    }

    /// The store can't tell of changes any more: any record may have changed.
    mutating func distrust() {
        trustedUntil = .min
        count += 1
        lastOfAll = count
    }

    private func place(of hash: Int) -> Int { hash & (places - 1) }
}

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
