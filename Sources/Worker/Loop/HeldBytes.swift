/// What the connections of an event loop keep in memory while they wait: parts of requests, the credentials of one that
/// waits and requests behind it, answers that are not read, the sessions of HTTP/2. Together they have a bound
/// (`limits.buffered_bytes`): ten thousand half-sent heads of 64 KiB each would take more memory than the process may have.
///
/// Connections are named by their slots. Nothing here is touched by a request that comes whole and whose answer is read.
package struct HeldBytes {
    private struct Place {
        var bytes = 0
        /// When its incomplete request times out; nil when it holds something else. It tells one request from the next.
        var requestDeadline: Int?
        /// When it will have been idle for too long; nil when it is not idle. It tells who was used last.
        var idleDeadline: Int?
        /// Its entry in a queue: later ones have larger numbers; 0: none.
        var number: UInt64 = 0
    }

    private struct Entry {
        var slot: Int
        var number: UInt64
    }

    /// Entries in the order in which they were added; one that is no longer its place's stands there until it is met.
    private struct Queue {
        private var entries: [Entry] = []
        /// Where the entries begin that were not taken yet.
        private var start = 0

        mutating func add(_ entry: Entry, among places: [Place]) {
            // At most as many entries are current as there are places: half of them at least are dropped here.
            if entries.count >= 2 * places.count + 64 {
                entries = entries[start...].filter { places[$0.slot].number == $0.number }
                start = 0
            }
            entries.append(entry)
        }

        mutating func take(among places: [Place]) -> Int? {
            while start < entries.count {
                let entry = entries[start]
                start += 1
                if places[entry.slot].number == entry.number { return entry.slot }
            }
            entries.removeAll(keepingCapacity: true)
            start = 0
            return nil
        }
    }

    /// So much freed memory is worth a search for pages that can be given back.
    private static let worthReleasing = 8 << 20

    private var limit: Int
    private var places: [Place] = []
    private(set) var total = 0
    /// The most that was held since memory was last given back.
    private var peak = 0
    private var lastNumber: UInt64 = 0
    /// Who holds no request, and memory all the same. In the order in which they were used last, to a tick.
    private var idle = Queue()
    /// Who holds a part of a request.
    private var parts = Queue()
    /// Who holds something else.
    private var others = Queue()

    /// - Parameter limit: the bytes that may be held.
    package init(limit: Int) {
        self.limit = limit
    }

    /// From now on so many bytes may be held.
    package mutating func adopt(limit: Int) {
        self.limit = limit
    }

    package var isOver: Bool { total > limit }

    /// How many bytes are held beyond the limit.
    package var excess: Int { max(0, total - limit) }

    /// A connection holds so many bytes now; 0 when it is gone.
    package mutating func note(bytes: Int, requestDeadline: Int? = nil, idleDeadline: Int? = nil, in slot: Int) {
        guard bytes > 0 || slot < places.count else { return }
        while places.count <= slot { places.append(Place()) }
        let before = places[slot]
        total += bytes - before.bytes
        peak = max(peak, total)
        places[slot].bytes = bytes
        guard bytes > 0 else {
            places[slot] = Place()
            return
        }
        let isSame = before.requestDeadline == requestDeadline && before.idleDeadline == idleDeadline
        guard before.number == 0 || !isSame else { return }
        lastNumber += 1
        (places[slot].requestDeadline, places[slot].idleDeadline) = (requestDeadline, idleDeadline)
        places[slot].number = lastNumber
        let entry = Entry(slot: slot, number: lastNumber)
        if idleDeadline != nil {
            idle.add(entry, among: places)
        } else if requestDeadline == nil {
            others.add(entry, among: places)
        } else {
            parts.add(entry, among: places)
        }
    }

    /// Takes out of the queues who has been idle longest; when nobody is, who has held the oldest incomplete request; when there is
    /// none, who has held anything longest; nil when nobody is left. The end of one that is idle costs nobody an answer.
    package mutating func takeOldest() -> Int? {
        idle.take(among: places) ?? parts.take(among: places) ?? others.take(among: places)
    }

    /// Has a connection that was taken out stand behind the others when it next says what it holds: it gave up a part, and goes on.
    package mutating func putBack(slot: Int) {
        guard slot < places.count else { return }
        places[slot].number = 0
    }

    /// Whether so much was freed since the last time that the system should get it back.
    package mutating func shouldRelease() -> Bool {
        guard peak - total >= Self.worthReleasing else { return false }
        peak = total
        return true
    }
}
