import Bytes

/// Finds an access policy by its name with one look-up; allocates nothing.
struct PolicyNames: Sendable {
    private struct Entry {
        let last: UInt64
        /// Where the name stands among `names`.
        let range: Range<Int>
    }

    /// All names, one behind the other.
    private var names: [UInt8] = []
    private var entries: [Entry] = []
    private var index = HashIndex()

    init(_ policies: [AccessPolicy]) {
        for (place, policy) in policies.enumerated() {
            let name = Array(policy.name.utf8)
            let (hash, last) = Self.key(of: name.span.bytes)
            entries.append(Entry(last: last, range: names.count..<names.count + name.count))
            names += name
            index.insert(place, hash: hash)
        }
    }

    /// The place of the policy with exactly this name.
    @inline(__always)
    func place(of name: RawSpan) -> Int? {
        let (hash, last) = Self.key(of: name)
        return index.find(hash: hash) { place in
            let entry = entries[place]
            guard entry.last == last, entry.range.count == name.byteCount else { return false }
            // That was all of it.
            return name.byteCount <= 8 || names.span.bytes.extracting(entry.range).equals(name)
        }
    }

    /// A hash of a name, and its last eight bytes, or all that it has. Names come from the configuration: nobody can fill the table with
    /// those that collide.
    @inline(__always)
    private static func key(of name: RawSpan) -> (hash: UInt32, last: UInt64) {
        let count = name.byteCount
        var (hash, last) = (UInt64(count), UInt64(0))
        if count >= 8 {
            for offset in stride(from: 0, to: count - 8, by: 8) { hash = mixed(hash, name[word: offset]) }
            last = name[word: count - 8]
        } else {
            for offset in 0..<count { last = last << 8 | UInt64(name[byte: offset]) }
        }
        return (UInt32(truncatingIfNeeded: mixed(hash, last) >> 32), last)
    }

    /// The upper half, of which the index goes by the first bits, is of all bits of both.
    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        (hash ^ word ^ word >> 32) &* 0x9e37_79b9_7f4a_7c15
    }
}
