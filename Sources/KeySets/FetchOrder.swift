import Trust

/// One fetch that a refresher has begun.
package struct FetchOrder: Sendable {
    /// The issuer's own number.
    package var issuer: Int
    package var source: KeySource
    /// What the file looked like when its keys were last read.
    var stamp: FileStamp?
}
