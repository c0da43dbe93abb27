package import Bytes

/// A request's cookies that are credentials, as places in its head, in the order in which they are tried: by kind, and as they
/// come. Found in one pass over the head; nothing is allocated.
package struct CookieCredentials {
    /// How many cookies of one name are tried.
    static let maximumOfKind = 4

    /// Four places for each of the three kinds of cookies, which are all kinds behind the first two.
    private var places = InlineArray<12, FieldValue>(repeating: FieldValue(start: 0, end: 0))
    private var counts = InlineArray<3, Int>(repeating: 0)
    /// Which comes next.
    private var (kind, number) = (0, 0)
    /// Whether cookies are looked at: those of other servers come behind these.
    let areUsable: Bool

    /// None, as none may be looked at.
    init() { areUsable = false }

    /// - Parameter fields: the request's, as places in `head`.
    package init(in fields: CookieFields, named names: CookieNames, of head: RawSpan) {
        areUsable = true
        var fields = fields
        while let field = fields.next(in: head) {
            var scanner = CookieScanner(field)
            while let (kind, value) = scanner.next(among: names, in: head) {
                let index = Self.index(of: kind)
                guard counts[index] < Self.maximumOfKind else { continue }
                places[index * Self.maximumOfKind + counts[index]] = value
                counts[index] += 1
            }
        }
    }

    package mutating func next() -> (kind: CredentialKind, value: FieldValue)? {
        while kind < counts.count {
            guard number < counts[kind] else {
                (kind, number) = (kind + 1, 0)
                continue
            }
            guard let found = Self.kind(at: kind) else { return nil }
            defer { number += 1 }
            return (found, places[kind * Self.maximumOfKind + number])
        }
        return nil
    }

    // The order in which kinds are tried is that of the enumeration's cases, and nothing else.
    private static func index(of kind: CredentialKind) -> Int { Int(kind.rawValue) - 2 }
    private static func kind(at index: Int) -> CredentialKind? { CredentialKind(rawValue: UInt8(index) + 2) }
}

/// Walks the pairs of a `Cookie` field's value (RFC 6265 section 4.2.1) and stops at those that are credentials.
///
/// Lenient about white space and about pairs without `=`, as every server is; a name matches byte for byte. The double quotes
/// that a value may stand in are no part of it.
package struct CookieScanner {
    /// Where the next pair begins.
    private var position: Int
    private let end: Int

    package init(_ field: FieldValue) {
        self.position = field.range.lowerBound
        self.end = field.range.upperBound
    }

    /// The next cookie that is a credential: its kind, and where its value stands in `head`; nil when there is none left.
    package mutating func next(
        among names: CookieNames, in head: RawSpan
    ) -> (kind: CredentialKind, value: FieldValue)? {
        while position < end {
            let pair = nextPair(in: head)
            guard let (kind, nameLength) = names.match(head.extracting(pair)) else { continue }
            return (kind, Self.unquote(pair.lowerBound + nameLength + 1..<pair.upperBound, in: head))
        }
        return nil
    }

    /// The next cookie of a name: where its value stands in `head`; nil when there is none left.
    mutating func next(named name: [UInt8], in head: RawSpan) -> FieldValue? {
        while position < end {
            let pair = nextPair(in: head)
            guard pair.count > name.count, head[byte: pair.lowerBound + name.count] == UInt8(ascii: "="),
                head.extracting(pair).extracting(first: name.count).equals(name.span.bytes)
            else { continue }
            return Self.unquote(pair.lowerBound + name.count + 1..<pair.upperBound, in: head)
        }
        return nil
    }

    private static func unquote(_ value: Range<Int>, in head: RawSpan) -> FieldValue {
        let quote = UInt8(ascii: "\"")
        guard value.count >= 2, head[byte: value.lowerBound] == quote, head[byte: value.upperBound - 1] == quote else {
            return FieldValue(start: value.lowerBound, end: value.upperBound)
        }
        return FieldValue(start: value.lowerBound + 1, end: value.upperBound - 1)
    }

    /// The next pair without the white space around it; moves behind its `;`.
    private mutating func nextPair(in head: RawSpan) -> Range<Int> {
        var start = position
        var stop = start + (head.extracting(start..<end).firstIndex(of: UInt8(ascii: ";")) ?? end - start)
        position = stop + 1
        while start < stop, head[byte: start].isFieldSpace { start += 1 }
        while stop > start, head[byte: stop - 1].isFieldSpace { stop -= 1 }
        return start..<stop
    }
}
