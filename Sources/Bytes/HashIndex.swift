/// Finds places in somebody's array by hash: a table of (hash, place) with open addressing, linear probing and no
/// tombstones, at most half full.
///
/// It knows neither keys nor values: the caller hashes, and tells whether the entry at a place is the one it looks for. Where
/// strangers choose the keys, the hash has a secret key, so that nobody can crowd one part of the table.
@usableFromInline
package struct HashIndex: Sendable {
    /// The hash in the upper half, the place + 1 in the lower; zero: empty. Its count is a power of two.
    @usableFromInline var slots = [UInt64](repeating: 0, count: 64)
    @usableFromInline var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// The same in memory of its own.
    package func copied() -> HashIndex {
        var copy = HashIndex()
        (copy.slots, copy.count) = (slots.map(\.self), count)
        return copy
    }

    /// The place whose entry has this hash, and is a match.
    @inlinable
    package func find(hash: UInt32, isMatch: (Int) -> Bool) -> Int? {
        let hash = UInt64(hash)
        var slot = home(of: hash)
        while slots[slot] != 0 {
            let place = place(in: slot)
            if slots[slot] >> 32 == hash, isMatch(place) { return place }
            slot = next(after: slot)
        }
        return nil
    }

    /// Adds a place, which must not be in it yet.
    @inlinable
    package mutating func insert(_ place: Int, hash: UInt32) {
        if count * 2 >= slots.count { grow() }
        put(entry: UInt64(hash) << 32 | UInt64(place + 1))
        count += 1
    }

    /// Takes a place out, if it is there.
    @inlinable
    package mutating func remove(_ place: Int, hash: UInt32) {
        var slot = home(of: UInt64(hash))
        while slots[slot] != 0, self.place(in: slot) != place { slot = next(after: slot) }
        guard slots[slot] != 0 else { return }
        count -= 1
        close(emptied: slot)
    }

    /// Moves the entries behind an emptied slot up, so that every search still finds an unbroken run.
    @usableFromInline
    mutating func close(emptied: Int) {
        var hole = emptied
        var slot = next(after: emptied)
        while slots[slot] != 0 {
            // An entry may move as far up as its home, and no further.
            let distance = (slot &- home(of: slots[slot] >> 32)) & (slots.count - 1)
            if distance >= (slot &- hole) & (slots.count - 1) {
                slots[hole] = slots[slot]
                hole = slot
            }
            slot = next(after: slot)
        }
        slots[hole] = 0
    }

    @usableFromInline
    mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { put(entry: entry) }
    }

    @inlinable
    mutating func put(entry: UInt64) {
        var slot = home(of: entry >> 32)
        while slots[slot] != 0 { slot = next(after: slot) }
        slots[slot] = entry
    }

    /// As many of the hash's first bits as tell the slots apart.
    @inlinable
    func home(of hash: UInt64) -> Int {
        let bits = UInt64(truncatingIfNeeded: slots.count.trailingZeroBitCount)
        return Int(truncatingIfNeeded: hash &>> (32 - bits)) & (slots.count - 1)
    }

    @inlinable
    func next(after slot: Int) -> Int { (slot &+ 1) & (slots.count - 1) }

    @inlinable
    func place(in slot: Int) -> Int { Int(slots[slot] & 0xFFFF_FFFF) - 1 }
}
