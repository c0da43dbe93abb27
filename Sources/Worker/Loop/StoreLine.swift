package import Authentication

/// A conversation with the store over a socket that the event loop serves itself: bytes in, replies out.
///
/// It has no socket and no clock. The loop reads and writes for it, tells it what came and how late it is, in nanoseconds
/// of the steady clock, and looks afterwards at what it has to say.
package protocol StoreLine: AnyObject {
    /// Somebody wants a record: the reply has this number, and comes once.
    func ask(_ query: RecordQuery, number: Int, at now: Int64)
    /// The store sent bytes.
    func receive(_ bytes: RawSpan, at now: Int64)
    /// The store sends and takes no more.
    func breakOff(at now: Int64)
    /// It is later.
    func pass(to now: Int64)
    /// When to call `pass` at the latest; nil while nothing is waited for.
    var nextPass: Int64? { get }
    /// Exchanges the replies that have come for an empty list.
    func takeReplies(into list: inout [NumberedReply])
    /// Nothing more comes of it: the socket is to be closed.
    var isOver: Bool { get }
    /// Whether there are bytes for the store.
    var hasOutput: Bool { get }
    /// Gives the bytes for the store to whoever writes them.
    ///
    /// - Parameter write: says how many the system took.
    func send(_ write: (RawSpan) -> Int)
}
