/// Base 64 for URLs and file names, without padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    /// The bytes that a text stands for; nil when it isn't the one right text for any bytes.
    ///
    /// Strict: nothing but the alphabet, no padding, no bits set beyond the last byte, no length of 1 modulo 4.
    package static func decode(_ text: RawSpan) -> [UInt8]? {
        let rest = text.byteCount % 4
        guard rest != 1 else { return nil }
        let whole = text.byteCount - rest
        var bad: UInt32 = 0
        let decoded = [UInt8](capacity: text.byteCount / 4 * 3 + (rest == 0 ? 0 : rest - 1)) { output in
            for offset in stride(from: 0, to: whole, by: 4) {
                let group = group(text, at: offset, bad: &bad)
                output.append(UInt8(truncatingIfNeeded: group >> 16))
                output.append(UInt8(truncatingIfNeeded: group >> 8))
                output.append(UInt8(truncatingIfNeeded: group))
            }
            decodeTail(text, from: whole, into: &output, bad: &bad)
        }
        return bad == 0 ? decoded : nil
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

    /// Four characters as 24 bits. `bad` gets a bit set when one of them is not of the alphabet.
    private static func group(_ text: RawSpan, at offset: Int, bad: inout UInt32) -> UInt32 {
        var group: UInt32 = 0
        for index in 0..<4 {
            let value = values[Int(text[byte: offset + index])]
            bad |= UInt32(value & 0xC0)
            group = group << 6 | UInt32(value & 0x3F)
        }
        return group
    }

    /// The last two or three characters, which stand for one or two bytes and some bits that must be zero.
    private static func decodeTail(
        _ text: RawSpan, from start: Int, into output: inout OutputSpan<UInt8>, bad: inout UInt32
    ) {
        guard start < text.byteCount else { return }
        var bits: UInt32 = 0
        for offset in start..<text.byteCount {
            let value = values[Int(text[byte: offset])]
            bad |= UInt32(value & 0xC0)
            bits = bits << 6 | UInt32(value & 0x3F)
        }
        let stray: UInt32 = text.byteCount - start == 2 ? 4 : 2
        bad |= bits & ((1 << stray) - 1)
        bits >>= stray
        if stray == 2 { output.append(UInt8(truncatingIfNeeded: bits >> 8)) }
        output.append(UInt8(truncatingIfNeeded: bits))
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
