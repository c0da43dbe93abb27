/// What a fetch that succeeded brought.
package enum Fetched: Sendable {
    /// A set that was read and checked; it may equal the one before.
    case keys(FetchedKeys)
    /// The file was not touched since it was last read.
    case untouched
}
