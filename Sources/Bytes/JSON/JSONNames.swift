/// The names of all members seen so far, for telling that one comes twice.
///
/// Up to 24 names are compared one by one, first by their marks, which costs no allocation: a token has about 13. From
/// the 25th name on, or from the first that has escapes, every name stands in a table by its hash, whose key is random per
/// process (the standard library's hasher), so that nobody can choose names that collide, or that are slow to tell apart;
/// equal hashes are settled by comparing the names.
struct JSONNames {
    private struct Entry {
        /// Equal for equal names; the mark as long as there is no table.
        var hash: Int
        /// What `JSONReader` knows the object by.
        var object: Int
        var range: Range<Int>
        var hasEscapes: Bool
    }

    private static let listCapacity = 24

    /// The names in order, as long as there is no table.
    private var list = InlineArray<24, Entry>(repeating: Entry(hash: 0, object: 0, range: 0..<0, hasEscapes: false))
    /// The names by their hashes; empty as long as the list holds them. A power of two of slots, at most half of them in use.
    private var table: [Entry?] = []
    private var count = 0

    /// Adds a name of an object; false when that object has it already.
    mutating func insert(_ name: borrowing JSONString, inObject object: Int, of source: RawSpan) -> Bool {
        var entry = Entry(hash: 0, object: object, range: name.range, hasEscapes: name.hasEscapes)
        if table.isEmpty {
            if !name.hasEscapes, count < Self.listCapacity { return append(&entry, in: source) }
            startHashing(source)
        }
        entry.hash = Self.hash(entry, in: source)
        if count * 2 >= table.count { grow() }
        guard place(entry, in: source) else { return false }
        count += 1
        return true
    }

    /// Puts an entry at the list's end; false when the same is there.
    private mutating func append(_ entry: inout Entry, in source: RawSpan) -> Bool {
        entry.hash = Self.mark(entry.range, in: source)
        for index in 0..<count where list[index].hash == entry.hash && Self.isSame(list[index], entry, in: source) {
            return false
        }
        list[count] = entry
        count += 1
        return true
    }

    /// Moves the list into a table.
    private mutating func startHashing(_ source: RawSpan) {
        table = Array(repeating: nil, count: 64)
        for index in 0..<count {
            list[index].hash = Self.hash(list[index], in: source)
            move(list[index])
        }
    }

    /// Puts an entry into the first free slot from its hash on; false when the same is there.
    private mutating func place(_ entry: Entry, in source: RawSpan) -> Bool {
        var slot = entry.hash & (table.count - 1)
        while let other = table[slot] {
            if other.hash == entry.hash, Self.isSame(other, entry, in: source) { return false }
            slot = (slot + 1) & (table.count - 1)
        }
        table[slot] = entry
        return true
    }

    /// Puts an entry that is known to be no other's duplicate into the first free slot from its hash on.
    private mutating func move(_ entry: Entry) {
        var slot = entry.hash & (table.count - 1)
        while table[slot] != nil { slot = (slot + 1) & (table.count - 1) }
        table[slot] = entry
    }

    private mutating func grow() {
        let entries = table
        table = Array(repeating: nil, count: entries.count * 2)
        for case let entry? in entries { move(entry) }
    }

    /// A name's length and its ends, which tell most names apart.
    private static func mark(_ name: Range<Int>, in source: RawSpan) -> Int {
        guard !name.isEmpty else { return 0 }
        return name.count << 16 | Int(source[byte: name.lowerBound]) << 8 | Int(source[byte: name.upperBound - 1])
    }

    private static func hash(_ entry: Entry, in source: RawSpan) -> Int {
        let name = JSONString(source: source, range: entry.range, hasEscapes: entry.hasEscapes)
        var hasher = Hasher()
        hasher.combine(entry.object)
        if name.hasEscapes {
            unsafe name.copy().withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        } else {
            unsafe name.text.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
        return hasher.finalize()
    }

    private static func isSame(_ left: Entry, _ right: Entry, in source: RawSpan) -> Bool {
        guard left.object == right.object else { return false }
        guard left.hasEscapes || right.hasEscapes || left.range.count == right.range.count else { return false }
        let left = JSONString(source: source, range: left.range, hasEscapes: left.hasEscapes)
        let right = JSONString(source: source, range: right.range, hasEscapes: right.hasEscapes)
        return right.hasEscapes ? left.equals(right.copy().span.bytes) : left.equals(right.text)
    }
}
