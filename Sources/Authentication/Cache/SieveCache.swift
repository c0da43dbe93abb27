import Bytes
package import JOSE

/// A bounded cache from a digest to a value, evicted by SIEVE (Zhang et al., NSDI 2024).
///
/// SIEVE because a hit only sets a bit: no list is relinked, so a hit writes one byte. Entries that were never asked for
/// again leave first, and the hand passes over those that were: a flood of values seen once goes in and out beside the
/// working set. Entries stand in one array and are linked by their places in it, from the newest to the oldest.
package struct SieveCache<Value> {
    /// No entry.
    private static var nowhere: Int32 { -1 }

    private struct Entry {
        var digest: SHA256Digest
        /// Nil while the place is free.
        var value: Value?
        /// What it counts against `CacheBound.bytes`.
        var cost: Int32
        /// The place of the next newer entry; of the next free place while this one is free.
        var newer: Int32
        var older: Int32
        /// Asked for since the hand last passed.
        var isVisited: Bool
    }

    private var bound: CacheBound
    private var entries: [Entry] = []
    private var index = HashIndex()
    /// Keyed with a secret of its own, so that nobody can choose tokens whose digests crowd one part of the index.
    private let hash = DigestHash()
    private var newest = nowhere
    private var oldest = nowhere
    private var firstFree = nowhere
    /// Where the search for the next entry to evict goes on; nowhere: at the oldest.
    private var hand = nowhere
    package private(set) var count = 0
    package private(set) var bytes = 0
    /// How many entries were evicted to make room.
    package private(set) var evictions = 0

    package init(bound: CacheBound) {
        self.bound = bound
    }

    /// The value under a digest; marks it as visited.
    package mutating func value(for digest: SHA256Digest) -> Value? {
        guard let place = find(digest) else { return nil }
        if !entries[place].isVisited { entries[place].isVisited = true }
        // By its span, which copies the value alone and not the entry.
        return entries.span[place].value
    }

    /// The value under a digest, without a mark that it was asked for.
    package func peek(_ digest: SHA256Digest) -> Value? {
        find(digest).flatMap { entries[$0].value }
    }

    /// Whether the value under a digest was asked for since it came, or since the hand passed.
    package func isVisited(_ digest: SHA256Digest) -> Bool {
        find(digest).map { entries[$0].isVisited } ?? false
    }

    /// Puts a value in, in place of the one with this digest, and evicts what is over the bound.
    ///
    /// - Parameter cost: the bytes that the value takes; one that alone is over the bound is not kept.
    package mutating func insert(_ value: Value, for digest: SHA256Digest, cost: Int) {
        remove(digest)
        let cost = cost + Self.overhead
        guard bound.entries > 0, cost <= bound.bytes, let cost32 = Int32(exactly: cost) else { return }
        while count >= bound.entries || bytes + cost > bound.bytes { evict() }
        let place = takePlace(
            for: Entry(
                digest: digest, value: value, cost: cost32, newer: Self.nowhere, older: newest, isVisited: false))
        if newest == Self.nowhere { oldest = place } else { entries[Int(newest)].newer = place }
        newest = place
        index.insert(Int(place), hash: hash(digest.firstWord))
        count += 1
        bytes += cost
    }

    package mutating func remove(_ digest: SHA256Digest) {
        guard let place = find(digest) else { return }
        remove(at: place)
    }

    /// Removes the entries whose value is no longer wanted.
    package mutating func removeAll(where isUnwanted: (Value) -> Bool) {
        for place in entries.indices {
            if let value = entries[place].value, isUnwanted(value) { remove(at: place) }
        }
    }

    package mutating func removeAll() {
        self = SieveCache(bound: bound)
    }

    /// Evicts what is over another bound.
    package mutating func resize(to bound: CacheBound) {
        guard bound.entries > 0, bound.bytes > 0 else { return self = SieveCache(bound: bound) }
        self.bound = bound
        while count > bound.entries || bytes > bound.bytes { evict() }
    }
}

extension SieveCache {
    /// What an entry costs beside its value: its place in the array and its share of the index.
    private static var overhead: Int { MemoryLayout<Entry>.stride + 4 * MemoryLayout<UInt64>.stride }

    private func find(_ digest: SHA256Digest) -> Int? {
        index.find(hash: hash(digest.firstWord)) { entries[$0].digest == digest }
    }

    /// Moves the hand from old to new: what was visited is spared once, the first that was not leaves.
    private mutating func evict() {
        var place = hand == Self.nowhere ? oldest : hand
        while entries[Int(place)].isVisited {
            entries[Int(place)].isVisited = false
            let newer = entries[Int(place)].newer
            place = newer == Self.nowhere ? oldest : newer
        }
        hand = place
        evictions += 1
        remove(at: Int(place))
    }

    private mutating func remove(at place: Int) {
        let entry = entries[place]
        index.remove(place, hash: hash(entry.digest.firstWord))
        if hand == place { hand = entry.newer }
        if entry.newer == Self.nowhere { newest = entry.older } else { entries[Int(entry.newer)].older = entry.older }
        if entry.older == Self.nowhere { oldest = entry.newer } else { entries[Int(entry.older)].newer = entry.newer }
        entries[place].value = nil
        entries[place].newer = firstFree
        firstFree = Int32(place)
        count -= 1
        bytes -= Int(entry.cost)
    }

    /// Puts the entry in a free place, or in a new one at the end.
    private mutating func takePlace(for entry: Entry) -> Int32 {
        guard firstFree != Self.nowhere else {
            entries.append(entry)
            return Int32(entries.count - 1)
        }
        let place = firstFree
        firstFree = entries[Int(place)].newer
        entries[Int(place)] = entry
        return place
    }
}

/// Hashes the first word of a digest with a secret key, by multiply-shift (Dietzfelbinger et al., 1997).
///
/// A digest's bits are not all left to chance: who makes many tokens can keep those whose digests begin alike. With a random
/// odd multiplier two different words share their first n bits of hash with a chance of at most 2 in 2ⁿ, whichever two
/// they are. That holds for the upper bits of the product's lower word, and for no others: in its upper word, words that
/// begin alike stay together, whatever the key.
package struct DigestHash: Sendable {
    /// Odd.
    private let multiplier: UInt64

    /// Every odd number makes as good a key as any other.
    ///
    /// - Parameter random: bits that nobody can foresee.
    package init(random: UInt64 = .random(in: .min ... .max)) {
        multiplier = random | 1
    }

    /// 32 bits, the first of which are the best.
    package func callAsFunction(_ word: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: (word &* multiplier) >> 32)
    }
}
