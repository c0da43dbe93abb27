import Bytes

/// The text of a field of the kind `string`, which has to be UTF-8 in the binary format of Protocol Buffers.
enum UTF8Text {
    /// Whether bytes are UTF-8: each scalar in its shortest form, no surrogate, none beyond U+10FFFF (RFC 3629 section 4).
    static func isValid(_ bytes: RawSpan) -> Bool {
        var offset = 0
        while offset < bytes.byteCount {
            while offset &+ 8 <= bytes.byteCount, bytes.uncheckedWord(at: offset) & 0x8080_8080_8080_8080 == 0 {
                offset &+= 8
            }
            guard offset < bytes.byteCount else { return true }
            if bytes[byte: offset] < 0x80 {
                offset &+= 1
            } else if let count = multibyteLength(in: bytes, at: offset) {
                offset &+= count
            } else {
                return false
            }
        }
        return true
    }

    /// How many bytes a scalar of more than one has; nil when it is none.
    private static func multibyteLength(in bytes: RawSpan, at start: Int) -> Int? {
        let (count, second): (Int, ClosedRange<UInt8>)
        switch bytes[byte: start] {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard start + count <= bytes.byteCount, second.contains(bytes[byte: start + 1]) else { return nil }
        for offset in (start + 2)..<max(start + count, start + 2) where bytes[byte: offset] & 0xC0 != 0x80 {
            return nil
        }
        return count
    }
}
