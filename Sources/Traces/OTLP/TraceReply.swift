import Bytes

/// What a collector answered that took spans: an `ExportTraceServiceResponse`.
package enum TraceReply {
    /// How many of the spans the collector did not keep; zero where it says nothing that can be read.
    package static func rejectedSpans(in message: [UInt8]) -> Int {
        let bytes = message.span.bytes
        guard case .part(let partial)? = field(1, in: bytes, 0..<bytes.byteCount),
            case .number(let count)? = field(1, in: bytes, partial)
        else { return 0 }
        // It is signed; what is below zero says nothing.
        return max(0, Int(Int64(bitPattern: count)))
    }

    private enum Value {
        case number(UInt64)
        /// The place of a text or a message.
        case part(Range<Int>)
    }

    /// The last field with a number, as messages are read; nil when there is none, or what stands there is no message.
    private static func field(_ number: UInt64, in bytes: RawSpan, _ place: Range<Int>) -> Value? {
        var (offset, found) = (place.lowerBound, nil as Value?)
        while offset < place.upperBound {
            guard let tag = varint(in: bytes, from: &offset, to: place.upperBound),
                let value = value(ofWire: tag & 7, in: bytes, from: &offset, to: place.upperBound)
            else { return nil }
            if tag >> 3 == number { found = value }
        }
        return found
    }

    private static func value(ofWire wire: UInt64, in bytes: RawSpan, from offset: inout Int, to end: Int) -> Value? {
        let length: UInt64
        switch wire {
        case 0: return varint(in: bytes, from: &offset, to: end).map { .number($0) }
        case 1: length = 8
        case 2:
            guard let stated = varint(in: bytes, from: &offset, to: end) else { return nil }
            length = stated
        case 5: length = 4
        default: return nil
        }
        guard length <= UInt64(end - offset) else { return nil }
        defer { offset += Int(length) }
        return .part(offset..<offset + Int(length))
    }

    private static func varint(in bytes: RawSpan, from offset: inout Int, to end: Int) -> UInt64? {
        var (value, shift) = (UInt64(0), UInt64(0))
        while offset < end, shift < 64 {
            let byte = bytes[byte: offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
