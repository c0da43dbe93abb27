import JOSE

/// Finds places by digest: an open-addressing table of (hash, place), at most half full.
///
/// The hash is keyed with a secret of its own (`DigestHash`), so nobody can choose tokens whose digests crowd one part of it.
struct DigestIndex {
    /// The hash in the upper half, the place + 1 in the lower; zero: empty. Its count is a power of two.
    private var slots: [UInt64] = [UInt64](repeating: 0, count: 64)
    private var count = 0
    private let hash = DigestHash()

    /// The place whose entry has this digest, as `isMatch` tells.
    func find(_ digest: SHA256Digest, isMatch: (Int) -> Bool) -> Int? {
        let hash = UInt64(hash(digest.firstWord))
        var slot = home(of: hash)
        while slots[slot] != 0 {
            let place = place(in: slot)
            if slots[slot] >> 32 == hash, isMatch(place) { return place }
            slot = next(slot)
        }
        return nil
    }

    /// Adds a place; it must not be there yet.
    mutating func insert(_ place: Int, for digest: SHA256Digest) {
        if count * 2 >= slots.count { grow() }
        put(UInt64(hash(digest.firstWord)) << 32 | UInt64(place + 1))
        count += 1
    }

    /// Takes a place out.
    mutating func remove(_ place: Int, for digest: SHA256Digest) {
        var slot = home(of: UInt64(hash(digest.firstWord)))
        while slots[slot] != 0, self.place(in: slot) != place { slot = next(slot) }
        guard slots[slot] != 0 else { return }
        count -= 1
        close(slot)
    }

    /// Moves the entries behind an emptied slot up, so that every search still finds an unbroken run.
    private mutating func close(_ emptied: Int) {
        var hole = emptied
        var slot = next(emptied)
        while slots[slot] != 0 {
            let distance = (slot &- home(of: slots[slot] >> 32)) & (slots.count - 1)
            if distance >= (slot &- hole) & (slots.count - 1) {
                slots[hole] = slots[slot]
                hole = slot
            }
            slot = next(slot)
        }
        slots[hole] = 0
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { put(entry) }
    }

    private mutating func put(_ entry: UInt64) {
        var slot = home(of: entry >> 32)
        while slots[slot] != 0 { slot = next(slot) }
        slots[slot] = entry
    }

    /// As many of the hash's first bits as tell the slots apart.
    private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> (32 - slotBits)) & (slots.count - 1) }
    private var slotBits: UInt64 { UInt64(truncatingIfNeeded: slots.count.trailingZeroBitCount) }
    private func next(_ slot: Int) -> Int { (slot &+ 1) & (slots.count - 1) }
    private func place(in slot: Int) -> Int { Int(slots[slot] & 0xFFFF_FFFF) - 1 }
}
