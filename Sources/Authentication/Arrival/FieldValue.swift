/// Where a field's value stands in the bytes of the request head: `start` up to but not including `end`.
package struct FieldValue: Hashable, Sendable {
    package var start: Int32
    package var end: Int32

    package init(start: Int, end: Int) {
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
    }

    package var range: Range<Int> { Int(start)..<Int(end) }
}
