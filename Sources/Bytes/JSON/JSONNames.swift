/// The names of all members seen so far, for telling that one comes twice.
///
/// Up to 24 names are compared one by one, first by their marks, which costs no allocation: a token has about 13. From
/// the 25th name on, or from the first that has escapes, every name is hashed with a key that is random per process (the
/// standard library's hasher), so that nobody can choose names that collide, or that are slow to tell apart; equal hashes
/// are settled by comparing the names.
struct JSONNames {
    private struct Entry {
        /// Equal for equal names; the mark as long as names are not hashed.
        var hash: Int
        /// What `JSONReader` knows the object by.
        var object: Int
        var range: Range<Int>
        var hasEscapes: Bool
    }

    private static let inlineCapacity = 24

    /// The first names, in order; searched one by one.
    private var first = InlineArray<24, Entry>(repeating: Entry(hash: 0, object: 0, range: 0..<0, hasEscapes: false))
    /// The further names. A power of two of slots, at most half of them in use.
    private var further: [Entry?] = []
    private var count = 0
    /// Once true, every entry has its hash.
    private var isHashing = false

    /// Adds a name of an object; false when that object has it already.
    mutating func insert(_ name: borrowing JSONString, inObject object: Int, of source: RawSpan) -> Bool {
        var entry = Entry(hash: 0, object: object, range: name.range, hasEscapes: name.hasEscapes)
        if name.hasEscapes || count == Self.inlineCapacity { startHashing(source) }
        entry.hash = isHashing ? Self.hash(entry, in: source) : Self.mark(name.range, in: source)
        for index in 0..<min(count, Self.inlineCapacity)
        where first[index].hash == entry.hash && Self.isSame(first[index], entry, in: source) {
            return false
        }
        guard append(entry, in: source) else { return false }
        count += 1
        return true
    }

    private mutating func append(_ entry: Entry, in source: RawSpan) -> Bool {
        guard count >= Self.inlineCapacity else {
            first[count] = entry
            return true
        }
        if (count - Self.inlineCapacity) * 2 >= further.count { grow() }
        return place(entry, in: source)
    }

    private mutating func startHashing(_ source: RawSpan) {
        guard !isHashing else { return }
        isHashing = true
        for index in 0..<count { first[index].hash = Self.hash(first[index], in: source) }
    }

    /// Puts an entry into the first free slot from its hash on; false when the same is there.
    private mutating func place(_ entry: Entry, in source: RawSpan) -> Bool {
        var slot = entry.hash & (further.count - 1)
        while let other = further[slot] {
            if other.hash == entry.hash, Self.isSame(other, entry, in: source) { return false }
            slot = (slot + 1) & (further.count - 1)
        }
        further[slot] = entry
        return true
    }

    private mutating func grow() {
        let entries = further
        further = Array(repeating: nil, count: max(64, entries.count * 2))
        for case let entry? in entries {
            var slot = entry.hash & (further.count - 1)
            while further[slot] != nil { slot = (slot + 1) & (further.count - 1) }
            further[slot] = entry
        }
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
