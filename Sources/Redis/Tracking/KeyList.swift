import Bytes

/// Keys of the store, one behind another in one buffer: what hands them on, to other threads as well, copies none of them.
package struct KeyList: Hashable, Sendable {
    private var bytes: [UInt8] = []
    /// Where each key ends, and the next one begins.
    private var ends: [Int] = []

    package init() {}

    package var count: Int { ends.count }
    package var isEmpty: Bool { ends.isEmpty }

    /// Appends a copy of the key.
    package mutating func append(_ key: RawSpan) {
        bytes.append(copying: key)
        ends.append(bytes.count)
    }

    /// Shows each key, in order.
    package func forEach(_ body: (RawSpan) -> Void) {
        let bytes = bytes.span.bytes
        var start = 0
        for end in ends {
            body(bytes.extracting(start..<end))
            start = end
        }
    }
}
