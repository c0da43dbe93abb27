/// What one event loop's cache did so far and holds now, for `/metrics`.
package struct CacheFigures: Sendable {
    package var hits = 0
    package var misses = 0
    package var evictions = 0
    package var entries = 0
    /// What its entries take, in bytes.
    package var bytes = 0

    package init() {}

    init(of cache: SieveCache<some Any>, hits: Int, misses: Int) {
        self.hits = hits
        self.misses = misses
        evictions = cache.evictions
        entries = cache.count
        bytes = cache.bytes
    }

    /// Adds another event loop's figures to these.
    package mutating func merge(_ other: CacheFigures) {
        hits += other.hits
        misses += other.misses
        evictions += other.evictions
        entries += other.entries
        bytes += other.bytes
    }
}
