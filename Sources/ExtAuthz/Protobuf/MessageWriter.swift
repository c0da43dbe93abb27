import Bytes

/// Writes fields of messages, in the binary format of Protocol Buffers. Fields have numbers below 16, so that a tag is one byte.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// A field whose value is a number; zero is written, too.
    mutating func add(_ number: UInt8, value: Int) {
        bytes.append(number << 3)
        bytes.append(varint: UInt64(truncatingIfNeeded: value))
    }

    mutating func add(_ number: UInt8, bytes value: RawSpan) {
        begin(number, length: value.byteCount)
        bytes.append(copying: value)
    }

    /// A field whose value is what is added next, so many bytes.
    mutating func begin(_ number: UInt8, length: Int) {
        bytes.append(number << 3 | 2)
        bytes.append(varint: UInt64(length))
    }

    /// A part of a value that was begun, in lower case.
    mutating func append(lowercasing part: RawSpan) {
        bytes.append(lowercasing: part)
    }

    /// How many bytes a field with so many bytes of value takes.
    static func length(ofValue count: Int) -> Int {
        var (length, rest) = (2, count >> 7)
        while rest > 0 { (length, rest) = (length + 1, rest >> 7) }
        return length + count
    }
}
