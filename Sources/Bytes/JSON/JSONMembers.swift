/// The members of an object that was read once, as places in its text: what is looked for later is found without reading all of it
/// again.
package struct JSONMembers: Sendable {
    private struct Member {
        /// Of the name (`JSONNames.mark`).
        let mark: Int
        let name: Range<Int32>
        let value: Range<Int32>
        let nameHasEscapes: Bool
    }

    private var members: [Member] = []

    package init() { members.reserveCapacity(16) }

    /// Reads a text that has to be one object without duplicate names.
    ///
    /// - Parameter maximumCount: how many members it may have.
    package init(reading text: RawSpan, maximumCount: Int) throws(JSONError) {
        self.init()
        var reader = JSONReader(text, duplicateNames: .refused)
        guard try reader.enterObject() else { throw .unexpectedByte }
        while let name = try reader.nextMember() {
            guard members.count < maximumCount else { throw .tooDeep }
            try append(name, from: &reader)
        }
        try reader.finish()
    }

    /// Adds the member whose name was just read, and passes over its value, as far as nobody has read it.
    ///
    /// - Parameter start: where the value begins; nil when nothing of it was read.
    package mutating func append(
        _ name: borrowing JSONString, from reader: inout JSONReader, valueFrom start: Int? = nil
    ) throws(JSONError) {
        let start = start ?? reader.position
        try reader.skipUnread()
        members.append(
            Member(
                mark: JSONNames.mark(of: name.text),
                name: Int32(
                    truncatingIfNeeded: name.range.lowerBound)..<Int32(truncatingIfNeeded: name.range.upperBound),
                value: Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: reader.position),
                nameHasEscapes: name.hasEscapes))
    }

    /// Where each name stands, between its quotes, and where its value does.
    package func forEach(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        for member in members {
            body(
                Int(member.name.lowerBound)..<Int(member.name.upperBound),
                Int(member.value.lowerBound)..<Int(member.value.upperBound))
        }
    }

    /// Whether a member of this object has a name that a member of another one has, whose text is `text`.
    package func has(memberNamed name: Range<Int>, of text: RawSpan, in own: RawSpan) -> Bool {
        let candidate = JSONString(source: text, range: name, hasEscapes: true)
        return value(named: candidate.copy(), in: own) != nil
    }

    /// Where the value of the member with exactly this name stands in the text that was read; nil when there is none.
    package func value(named name: [UInt8], in text: RawSpan) -> Range<Int>? {
        let name = name.span.bytes
        let mark = JSONNames.mark(of: name)
        let members = members.span
        for index in members.indices {
            guard members[index].mark == mark || members[index].nameHasEscapes else { continue }
            let member = members[index]
            let range = Int(member.name.lowerBound)..<Int(member.name.upperBound)
            let candidate = JSONString(source: text, range: range, hasEscapes: member.nameHasEscapes)
            if candidate.equals(name) { return Int(member.value.lowerBound)..<Int(member.value.upperBound) }
        }
        return nil
    }
}
