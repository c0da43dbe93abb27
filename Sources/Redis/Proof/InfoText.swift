import Bytes

/// What `INFO` answers: lines of `name:value`.
struct InfoText {
    private let lines: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8]) {
        lines = bytes.split { byte in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    }

    /// The value of the first line with this name.
    subscript(name: StaticString) -> ArraySlice<UInt8>? {
        let label = unsafe UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        for line in lines where unsafe line.starts(with: label) {
            let rest = line.dropFirst(label.count)
            if rest.first == UInt8(ascii: ":") { return rest.dropFirst() }
        }
        return nil
    }
}
