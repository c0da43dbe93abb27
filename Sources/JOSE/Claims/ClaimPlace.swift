package import Bytes

/// Where a claim stands, and how its value is read (contract section 14).
package struct ClaimPlace: Hashable, Sendable {
    /// How the value is read.
    package enum Reading: Hashable, Sendable {
        /// As it stands.
        case whole
        /// A string's parts, between which this byte stands.
        case split(UInt8)
        /// The names of an object's members.
        case names
        /// That member of each object of an array.
        case each([UInt8])
        /// Whether it is this value.
        case equals(ClaimValue)
    }

    /// The longest path.
    package static let maximumSteps = 4

    /// The name of a member of the claims, of a member of that one, and so on: 1 to 4.
    package var path: [[UInt8]]
    package var reading: Reading
    /// Whether a string counts as a list of one, where a list is wanted.
    package var takesSingle: Bool
    /// Where it stands else, when there is nothing here: at most one.
    package private(set) var alternatives: [ClaimPlace]

    package init(_ path: [[UInt8]], reading: Reading = .whole, takesSingle: Bool = true, or other: ClaimPlace? = nil) {
        self.path = path
        self.reading = reading
        self.takesSingle = takesSingle
        alternatives = other.map { [$0] } ?? []
    }

    /// - Parameter path: the names, in the order of the steps.
    package init(_ path: String..., reading: Reading = .whole, takesSingle: Bool = true, or other: ClaimPlace? = nil) {
        self.init(path.map { Array($0.utf8) }, reading: reading, takesSingle: takesSingle, or: other)
    }
}

/// A string, a number or a boolean that a claim may have to be.
package enum ClaimValue: Hashable, Sendable {
    case text([UInt8])
    /// Below 2⁵³ when it is whole, so that no other is as near.
    case number(Double)
    case boolean(Bool)

    /// Whether a value is exactly this one.
    package func matches(_ value: RawSpan) -> Bool {
        do throws(JSONError) {
            var reader = JSONReader(value)
            switch self {
            case .text(let text): return try reader.readString()?.equals(text.span.bytes) ?? false
            case .number(let number): return try reader.readNumber()?.double == number
            case .boolean(let boolean): return try reader.readBoolean() == boolean
            }
        } catch {
            return false
        }
    }
}

// What stands there. A value of another type counts as not stated.
extension ClaimsSet {
    /// The first of the places at which there is something, and where that stands.
    @inline(__always)
    package func find(_ place: ClaimPlace) -> (place: ClaimPlace, range: Range<Int>)? {
        if let range = range(at: place.path) { return (place, range) }
        return place.alternatives.isEmpty ? nil : findElse(place.alternatives[0])
    }

    private func findElse(_ place: ClaimPlace) -> (place: ClaimPlace, range: Range<Int>)? { find(place) }

    /// The members that would come before the one by which these claims say what a place asks for; none where they don't.
    func membersAhead(of place: ClaimPlace) -> [[UInt8]] {
        guard let (found, _) = find(place) else { return [] }
        var ahead: [[UInt8]] = []
        var place = place
        while place != found, let other = place.alternatives.first {
            ahead += place.path.prefix(1)
            place = other
        }
        return ahead
    }

    /// A string.
    package func text(at place: ClaimPlace) -> [UInt8]? {
        read(place) { (_, reader) throws(JSONError) in try reader.readString()?.copy() }
    }

    /// A time (RFC 7519 section 2, NumericDate).
    package func time(at place: ClaimPlace) -> Timestamp? {
        guard let (_, range) = find(place) else { return nil }
        return JSONNumber(value: value(at: range))?.timestamp
    }

    /// A boolean, or whether the value is the one that it may equal.
    package func boolean(at place: ClaimPlace) -> Bool? {
        guard let (place, range) = find(place) else { return nil }
        if case .equals(let expected) = place.reading { return expected.matches(value(at: range)) }
        // As its first byte tells: the text was read.
        switch text[range.lowerBound] {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default: return nil
        }
    }

    /// A list of strings.
    package func list(at place: ClaimPlace) -> [[UInt8]]? {
        read(place) { (place, reader) throws(JSONError) in try reader.readList(by: place) }
    }

    private func read<Value>(
        _ place: ClaimPlace, by body: (ClaimPlace, inout JSONReader) throws(JSONError) -> Value?
    ) -> Value? {
        guard let (place, range) = find(place) else { return nil }
        var reader = JSONReader(value(at: range))
        do throws(JSONError) {
            return try body(place, &reader)
        } catch {
            return nil
        }
    }
}

extension JSONReader {
    /// The list that comes next; nil when it, or an item, is of another type.
    fileprivate mutating func readList(by place: ClaimPlace) throws(JSONError) -> [[UInt8]]? {
        switch place.reading {
        case .whole:
            if place.takesSingle, let single = try readString() { return [single.copy()] }
            return try readStrings()
        case .split(let separator):
            guard let text = try readString()?.copy() else { return nil }
            return text.split(separator: separator).map(Self.trim).filter { !$0.isEmpty }
        case .names: return try readNames()
        case .each(let name): return try readEach(name)
        case .equals: return nil
        }
    }

    /// Takes spaces off both ends: people write one behind a comma.
    private static func trim(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let space = UInt8(ascii: " ")
        return Array(text.drop { $0 == space }.reversed().drop { $0 == space }.reversed())
    }

    private mutating func readNames() throws(JSONError) -> [[UInt8]]? {
        guard try enterObject() else { return nil }
        var names: [[UInt8]] = []
        while let name = try nextMember() { names.append(name.copy()) }
        return names
    }

    private mutating func readEach(_ name: [UInt8]) throws(JSONError) -> [[UInt8]]? {
        guard try enterArray() else { return nil }
        var values: [[UInt8]] = []
        var areAll = true
        while try nextElement() {
            guard try enterObject() else {
                areAll = false
                continue
            }
            let count = values.count
            while let candidate = try nextMember() {
                if candidate.equals(name.span.bytes), let value = try readString() { values.append(value.copy()) }
            }
            areAll = areAll && values.count == count + 1
        }
        return areAll ? values : nil
    }
}
