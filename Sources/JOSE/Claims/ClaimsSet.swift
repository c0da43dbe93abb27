package import Bytes

/// A JSON object of claims (RFC 7519 section 2, "JWT Claims Set"): its text, and where each member stands in it.
package struct ClaimsSet: Sendable {
    /// The text: JSON that was read, and is one object without duplicate names.
    package let text: [UInt8]
    private let members: JSONMembers
    /// Whether `null` counts as absent.
    private let nullIsAbsent: Bool

    init(text: [UInt8], members: JSONMembers) {
        self.text = text
        self.members = members
        nullIsAbsent = false
    }

    /// Reads the claims that a server answered with, in which a member without a value may be `null`.
    package init(reading text: [UInt8], nullIsAbsent: Bool = false) throws(JSONError) {
        self.text = text
        self.nullIsAbsent = nullIsAbsent
        members = try JSONMembers(reading: text.span.bytes, maximumCount: CompactToken.maximumNames)
    }

    /// These claims, and those members of another set that they lack: none is replaced. Throws when that are too many.
    ///
    /// - Parameters:
    ///   - names: the members that are taken, unless they have no value; nil: all.
    ///   - kept: the members that are not taken.
    func completed(
        by other: ClaimsSet, members names: [[UInt8]]?, without kept: Set<[UInt8]>
    ) throws(JSONError) -> ClaimsSet {
        guard let end = text.lastIndex(of: UInt8(ascii: "}")) else { throw .unexpectedByte }
        var joined = Array(text[..<end])
        var isEmpty = true
        let taken = names.map { names in names.compactMap { other.range(at: [$0]) } }
        let left = kept.compactMap { other.range(at: [$0]) }
        members.forEach { _, _ in isEmpty = false }
        other.members.forEach { name, value in
            guard !members.has(memberNamed: name, of: other.text.span.bytes, in: text.span.bytes) else { return }
            if let taken, !taken.contains(value) { return }
            if !left.isEmpty, left.contains(value) { return }
            if !isEmpty { joined.append(UInt8(ascii: ",")) }
            isEmpty = false
            // With its quotes, as it was written.
            joined += other.text[name.lowerBound - 1...name.upperBound]
            joined.append(UInt8(ascii: ":"))
            joined += other.text[value]
        }
        joined.append(UInt8(ascii: "}"))
        return try ClaimsSet(reading: joined)
    }

    /// Where the value at a path stands: the name of a member, of a member of that one, and so on. Nil when there is none.
    package func range(at path: [[UInt8]]) -> Range<Int>? {
        guard !path.isEmpty, var range = members.value(named: path[0], in: text.span.bytes) else { return nil }
        for step in 1..<path.count {
            guard let inner = Self.member(path[step], of: text.span.bytes.extracting(range)) else { return nil }
            range = range.lowerBound + inner.lowerBound..<range.lowerBound + inner.upperBound
        }
        return nullIsAbsent && text[range.lowerBound] == UInt8(ascii: "n") ? nil : range
    }

    /// The text of the value at a path.
    @_lifetime(borrow self)
    package func value(at range: Range<Int>) -> RawSpan { text.span.bytes.extracting(range) }

    /// Where the value of a member stands in an object's text; nil when it has no such member, or is no object.
    private static func member(_ name: [UInt8], of object: RawSpan) -> Range<Int>? {
        do throws(JSONError) {
            var reader = JSONReader(object)
            guard try reader.enterObject() else { return nil }
            while let candidate = try reader.nextMember() {
                if candidate.equals(name.span.bytes) { return try reader.readRawValue() }
            }
            return nil
        } catch {
            return nil
        }
    }
}
