package import JOSE
package import NIOCore
package import Trust

/// A key set and what is known of how long it holds.
package struct FetchedKeys: Sendable {
    package var set: KeySet
    /// How long the answer stays fresh; nil when it did not say so.
    package var maxAge: TimeAmount?
    /// What the file looked like when it was read; nil for the network, and for a file that may still be written.
    package internal(set) var stamp: FileStamp?

    package init(set: KeySet, maxAge: TimeAmount? = nil) {
        self.set = set
        self.maxAge = maxAge
    }
}
