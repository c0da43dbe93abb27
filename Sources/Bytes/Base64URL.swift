/// Base 64 for URLs and file names, without padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    /// The bytes that a text stands for; nil when it isn't the one right text for any bytes.
    ///
    /// Strict: nothing but the alphabet, no padding, no bits set beyond the last byte, no length of 1 modulo 4.
    package static func decode(_ text: RawSpan) -> [UInt8]? {
        let rest = text.byteCount % 4
        guard rest != 1 else { return nil }
        let whole = text.byteCount - rest
        // A span over a copy: 0.45 µs for 1,000 characters here; indexing the static itself takes 1.0, the copy itself 2.2.
        let copy = Self.values
        let values = copy.span
        var bad: UInt8 = 0
        let decoded = [UInt8](capacity: text.byteCount / 4 * 3 + (rest == 0 ? 0 : rest - 1)) { output in
            var offset = 0
            while offset < whole {
                let word = unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
                let first = values[Int(word & 0xFF)]
                let second = values[Int(word >> 8 & 0xFF)]
                let third = values[Int(word >> 16 & 0xFF)]
                let fourth = values[Int(word >> 24)]
                bad |= first | second | third | fourth
                output.append(first << 2 | second >> 4)
                output.append(second << 4 | third >> 2)
                output.append(third << 6 | fourth)
                offset += 4
            }
            decodeTail(text, from: whole, into: &output, bad: &bad)
        }
        return bad & 0xC0 == 0 ? decoded : nil
    }

    /// The text without padding that stands for some bytes.
    package static func encode(_ bytes: RawSpan) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.byteCount * 4 + 2) / 3)
        for offset in stride(from: 0, to: bytes.byteCount, by: 3) {
            let count = min(3, bytes.byteCount - offset)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[byte: offset + index]) : 0) }
            for index in 0...count {
                text.append(character(for: UInt8(truncatingIfNeeded: group >> (18 - 6 * UInt32(index))) & 0x3F))
            }
        }
        return text
    }

    /// The last two or three characters, which stand for one or two bytes and some bits that must be zero.
    private static func decodeTail(
        _ text: RawSpan, from start: Int, into output: inout OutputSpan<UInt8>, bad: inout UInt8
    ) {
        guard start < text.byteCount else { return }
        let first = values[Int(text[byte: start])]
        let second = values[Int(text[byte: start + 1])]
        bad |= first | second
        output.append(first << 2 | second >> 4)
        guard start + 2 < text.byteCount else {
            bad |= second << 4 & 0xF0 == 0 ? 0 : 0xC0
            return
        }
        let third = values[Int(text[byte: start + 2])]
        bad |= third
        bad |= third << 6 == 0 ? 0 : 0xC0
        output.append(second << 4 | third >> 2)
    }

    private static func character(for value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: 0x41 + value
        case 26..<52: 0x61 + value - 26
        case 52..<62: 0x30 + value - 52
        case 62: 0x2D
        default: 0x5F
        }
    }

    /// What each byte stands for; 0xFF for a byte that is not of the alphabet.
    private static let values: InlineArray<256, UInt8> = {
        var values = InlineArray<256, UInt8>(repeating: 0xFF)
        for value: UInt8 in 0..<64 { values[Int(character(for: value))] = value }
        return values
    }()
}
