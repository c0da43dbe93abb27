/// The names of all members seen so far, for telling that one comes twice.
///
/// Up to 24 names are compared one by one, first by their marks, which costs no allocation: a token has about 13. From
/// the 25th name on, or from the first that has escapes, every name stands in an index by its hash, whose key is random per
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

    /// The names in order, as long as there is no index.
    private var list = InlineArray<24, Entry>(repeating: Entry(hash: 0, object: 0, range: 0..<0, hasEscapes: false))
    private var count = 0
    /// The places of `entries` by the names' hashes; nil as long as the list holds them.
    private var index: HashIndex?
    private var entries: [Entry] = []

    /// Adds a name of an object; false when that object has it already.
    mutating func insert(_ name: borrowing JSONString, inObject object: Int, of source: RawSpan) -> Bool {
        var entry = Entry(hash: 0, object: object, range: name.range, hasEscapes: name.hasEscapes)
        if index == nil {
            if !name.hasEscapes, count < Self.listCapacity { return append(&entry, in: source) }
            startHashing(in: source)
        }
        entry.hash = Self.hash(of: entry, in: source)
        let known = index?.find(hash: UInt32(truncatingIfNeeded: entry.hash)) { place in
            Self.isSame(entries[place], as: entry, in: source)
        }
        guard known == nil else { return false }
        place(entry)
        return true
    }

    /// Puts an entry at the list's end; false when the same is there.
    private mutating func append(_ entry: inout Entry, in source: RawSpan) -> Bool {
        entry.hash = Self.mark(of: entry.range, in: source)
        for index in 0..<count where list[index].hash == entry.hash && Self.isSame(list[index], as: entry, in: source) {
            return false
        }
        list[count] = entry
        count += 1
        return true
    }

    /// Moves the list into an index.
    private mutating func startHashing(in source: RawSpan) {
        index = HashIndex()
        for position in 0..<count {
            list[position].hash = Self.hash(of: list[position], in: source)
            place(list[position])
        }
    }

    /// Puts an entry into the index, which does not have it.
    private mutating func place(_ entry: Entry) {
        index?.insert(entries.count, hash: UInt32(truncatingIfNeeded: entry.hash))
        entries.append(entry)
    }

    /// A name's length and its ends, which tell most names apart.
    private static func mark(of name: Range<Int>, in source: RawSpan) -> Int {
        guard !name.isEmpty else { return 0 }
        return name.count << 16 | Int(source[byte: name.lowerBound]) << 8 | Int(source[byte: name.upperBound - 1])
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
