import Bytes

/// The requests of an event loop whose decision has to wait, in the order in which their time is up.
///
/// All have as long, so that is the order in which they came; a request costs its entry, and no timer. Entries of requests
/// that were decided meanwhile stay until they come to the front, or until who knows them sorts them out.
package struct DecisionDeadlines {
    /// A request that waits, or has waited.
    package struct Entry: Hashable, Sendable {
        /// Where the loop has its connection.
        package var slot: Int
        /// Where the connection has it, if it can have several at once.
        package var stream = 0
        /// When its decision began, on the steady clock, in nanoseconds.
        package var began: Int64
    }

    private var nanoseconds: Int64
    private var entries: [Entry] = []
    /// Entries before this place are gone.
    private var front = 0

    /// More entries than this are worth looking for those that are gone.
    private var crowd = Self.keptEntries

    /// So many gone entries are kept at most before the others move up, if those are fewer.
    static let keptEntries = 64

    package init(_ timeout: Duration) {
        nanoseconds = timeout.nanoseconds
    }

    /// Those that wait have as long from now on, from when they began.
    package mutating func adopt(_ timeout: Duration) {
        nanoseconds = timeout.nanoseconds
    }

    /// A request has to wait; its decision began no earlier than those of all before it.
    package mutating func append(slot: Int, stream: Int = 0, began: Int64) {
        entries.append(Entry(slot: slot, stream: stream, began: began))
    }

    /// How many entries there are.
    package var count: Int { entries.count - front }

    /// Whether so many entries are there that half of them may be of requests that were decided.
    package var isCrowded: Bool { count > crowd }

    /// Only entries of requests that wait are left.
    package mutating func sortedOut() { crowd = 2 * count + Self.keptEntries }

    /// Takes all entries out, in order.
    package mutating func takeAll() -> [Entry] {
        let all = Array(entries[front...])
        entries = []
        front = 0
        return all
    }

    /// The request whose time is up first; nil when none waits.
    package var first: Entry? { front < entries.count ? entries[front] : nil }

    /// When its time is up; far away when none waits.
    package var due: Int64 {
        first.map { $0.began.addingSaturated(nanoseconds) } ?? .max
    }

    package mutating func removeFirst() {
        front += 1
        if front == entries.count {
            entries.removeAll(keepingCapacity: front <= Self.keptEntries)
            front = 0
        } else if front > Self.keptEntries, front * 2 > entries.count {
            entries.removeFirst(front)
            front = 0
        }
    }
}
