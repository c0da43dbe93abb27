/// How much a cache may hold. Nothing, when either is zero.
package struct CacheBound: Hashable, Sendable {
    package var entries: Int
    /// The memory that its entries may take, in bytes.
    package var bytes: Int

    package init(entries: Int, bytes: Int) {
        self.entries = entries
        self.bytes = bytes
    }
}
