package import JOSE

/// Which unknown `kid`s requests came with, and before which fetch each was first seen. Bounded: the oldest is forgotten.
///
/// Forgetting is safe: a `kid` that is seen again is looked for again, and whether a key is *in* the set never depends
/// on what is remembered here.
package struct Sightings: Sendable {
    private let capacity: Int
    /// For each `kid`'s digest, how many fetches had begun when it was first seen.
    private var fetchesBegun: [SHA256Digest: Int] = [:]
    /// The same `kid`s in the order in which they were first seen, as a ring once it is full.
    private var order: [SHA256Digest] = []
    private var oldest = 0

    package init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    package var count: Int { fetchesBegun.count }

    /// How many fetches had begun when `kid` was first seen; `begun`, and noted, when that is now.
    package mutating func firstSeen(_ kid: SHA256Digest, fetchesBegun begun: Int) -> Int {
        if let known = fetchesBegun[kid] { return known }
        if order.count < capacity {
            order.append(kid)
        } else {
            fetchesBegun[order[oldest]] = nil
            order[oldest] = kid
            oldest = (oldest + 1) % capacity
        }
        fetchesBegun[kid] = begun
        return begun
    }
}
