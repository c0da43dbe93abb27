import Bytes

/// Writes messages of OTLP in the binary format of Protocol Buffers, with the shortest form of each number.
struct MessageBuilder {
    private(set) var bytes: [UInt8] = []

    /// The two low bits of what begins a field.
    private enum Wire: UInt64 {
        case varint = 0
        case fixed64 = 1
        case length = 2
        case fixed32 = 5
    }

    mutating func add(_ number: UInt64, varint value: UInt64) {
        begin(number, .varint)
        bytes.append(varint: value)
    }

    mutating func add(_ number: UInt64, fixed64 value: UInt64) {
        begin(number, .fixed64)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func add(_ number: UInt64, fixed32 value: UInt32) {
        begin(number, .fixed32)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func add(_ number: UInt64, bytes value: [UInt8]) {
        begin(number, .length)
        bytes.append(varint: UInt64(value.count))
        bytes += value
    }

    mutating func add(_ number: UInt64, text: String) { add(number, bytes: Array(text.utf8)) }

    /// An id, whose first byte is the highest.
    mutating func add(_ number: UInt64, id words: UInt64...) {
        begin(number, .length)
        bytes.append(varint: UInt64(words.count * 8))
        for word in words {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> (56 - shift)))
            }
        }
    }

    mutating func add(_ number: UInt64, message body: (inout MessageBuilder) -> Void) {
        var message = MessageBuilder()
        body(&message)
        add(number, bytes: message.bytes)
    }

    private mutating func begin(_ number: UInt64, _ wire: Wire) { bytes.append(varint: number << 3 | wire.rawValue) }
}
