/// A piece of a reply. An array is followed by its elements.
package enum ReplyNode: Hashable, Sendable {
    /// Where the string's bytes stand.
    case bulk(Range<Int>)
    case status(Range<Int>)
    case error(Range<Int>)
    case integer(Int64)
    case null
    case array(Int)
    /// A string longer than is kept: all of the reply, never a part of one.
    case oversized
}
