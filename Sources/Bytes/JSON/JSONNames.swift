/// The names of all members seen so far, for telling that one comes twice.
///
/// Up to 24 names are compared one by one, first by their marks: a token has about 13. From the 25th name on, or from the first that has escapes, every name stands in an index by its hash, whose key is random per
/// process (the standard library's hasher), so that nobody can choose names that collide, or that are slow to tell apart;
/// equal hashes are settled by comparing the names.
struct JSONNames {
    private struct Entry {
        /// Equal for equal names; the mark as long as there is no index.
        var hash: Int
        /// What `JSONReader` knows the object by.
        var object: Int
        var range: Range<Int>
        var hasEscapes: Bool
    }

    private static let listCapacity = 24

    /// The names in order.
    private var entries: [Entry] = []
    /// Their places by their hashes; nil as long as they are compared one by one.
    private var index: HashIndex?

    init() { entries.reserveCapacity(Self.listCapacity) }

    /// Adds a name of an object; false when that object has it already.
    mutating func insert(_ name: borrowing JSONString, inObject object: Int, of source: RawSpan) -> Bool {
        var entry = Entry(hash: 0, object: object, range: name.range, hasEscapes: name.hasEscapes)
        if index == nil {
            if !name.hasEscapes, entries.count < Self.listCapacity { return append(&entry, in: source) }
            startHashing(in: source)
        }
        entry.hash = Self.hash(of: entry, in: source)
        let known = index?.find(hash: UInt32(truncatingIfNeeded: entry.hash)) { place in
            Self.isSame(entries[place], as: entry, in: source)
        }
        guard known == nil else { return false }
        index?.insert(entries.count, hash: UInt32(truncatingIfNeeded: entry.hash))
        entries.append(entry)
        return true
    }

    /// Puts an entry at the end; false when the same is there.
    private mutating func append(_ entry: inout Entry, in source: RawSpan) -> Bool {
        entry.hash = Self.mark(of: source.extracting(entry.range))
        guard !has(entry, in: source) else { return false }
        entries.append(entry)
        return true
    }

    private func has(_ entry: Entry, in source: RawSpan) -> Bool {
        // By their span, so that only what is compared is read.
        let known = entries.span
        for place in known.indices
        where known[place].hash == entry.hash && Self.isSame(known[place], as: entry, in: source) {
            return true
        }
        return false
    }

    /// Makes the index, of all names so far.
    private mutating func startHashing(in source: RawSpan) {
        var index = HashIndex()
        for place in entries.indices {
            entries[place].hash = Self.hash(of: entries[place], in: source)
            index.insert(place, hash: UInt32(truncatingIfNeeded: entries[place].hash))
        }
        self.index = index
    }

    /// A name's length and its ends, which tell most names apart. Of one with escapes it says nothing.
    static func mark(of name: RawSpan) -> Int {
        let count = name.byteCount
        return count > 0 ? count << 16 | Int(name[byte: 0]) << 8 | Int(name[byte: count - 1]) : 0
    }

    private static func hash(of entry: Entry, in source: RawSpan) -> Int {
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

    private static func isSame(_ left: Entry, as right: Entry, in source: RawSpan) -> Bool {
        guard left.object == right.object else { return false }
        guard left.hasEscapes || right.hasEscapes || left.range.count == right.range.count else { return false }
        let left = JSONString(source: source, range: left.range, hasEscapes: left.hasEscapes)
        let right = JSONString(source: source, range: right.range, hasEscapes: right.hasEscapes)
        return right.hasEscapes ? left.equals(right.copy().span.bytes) : left.equals(right.text)
    }
}
