/// Base 64 for URLs and file names, without padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    /// The bytes that a text stands for; nil when it isn't the one right text for any bytes.
    ///
    /// Strict: nothing but the alphabet, no padding, no bits set beyond the last byte, no length of 1 modulo 4.
    package static func decode(_ text: RawSpan) -> [UInt8]? {
        guard text.byteCount % 4 != 1 else { return nil }
        // First the text, and behind it `A`, which stands for zeros, to whole groups of eight; in its place what each
        // character stands for; in their place the bytes.
        let groups = (text.byteCount + 7) / 8
        var decoded: [UInt8] = []
        decoded.reserveCapacity(groups * 8)
        decoded.append(copying: text)
        for _ in text.byteCount..<groups * 8 { decoded.append(UInt8(ascii: "A")) }
        var span = decoded.mutableSpan
        guard lookUp(in: &span) else { return nil }
        join(groups: groups, in: &span)
        let count = text.byteCount * 3 / 4
        guard decoded[count..<groups * 6].allSatisfy({ $0 == 0 }) else { return nil }
        decoded.removeLast(decoded.count - count)
        return decoded
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

    /// Puts what each character stands for in its place; false when one is not of the alphabet.
    ///
    /// No table and no branch, so that the compiler makes it a loop over vectors.
    private static func lookUp(in characters: inout MutableSpan<UInt8>) -> Bool {
        var all: UInt8 = 0
        for index in characters.indices {
            let sextet = value(of: characters[index])
            characters[index] = sextet
            all |= sextet
        }
        return all < 64
    }

    /// Joins each eight sextets to six bytes, from the front on: what is written never reaches what is yet to be read.
    private static func join(groups: Int, in sextets: inout MutableSpan<UInt8>) {
        var bytes = MutableRawSpan(_elements: &sextets)
        precondition(groups * 8 <= bytes.byteCount)
        for group in 0..<groups {
            // Three times two neighbours become one number, the first the more significant: of 6, 12, 24 and 48 bits.
            var bits = bytes.bytes.uncheckedWord(at: group &* 8)
            bits = (bits & 0x003F_003F_003F_003F) << 6 | bits >> 8 & 0x003F_003F_003F_003F
            bits = (bits & 0x0000_0FFF_0000_0FFF) << 12 | bits >> 16 & 0x0000_0FFF_0000_0FFF
            bits = (bits & 0x00FF_FFFF) << 24 | bits >> 32
            bytes.storeBytes(of: (bits << 16).bigEndian, toByteOffset: group * 6, as: UInt64.self)
        }
    }

    /// What a character stands for; 0xFF when it is not of the alphabet.
    @inline(__always)
    private static func value(of character: UInt8) -> UInt8 {
        var value: UInt8 = 0xFF
        value = character &- 0x41 < 26 ? character &- 0x41 : value
        value = character &- 0x61 < 26 ? character &- 0x61 &+ 26 : value
        value = character &- 0x30 < 10 ? character &- 0x30 &+ 52 : value
        value = character == 0x2D ? 62 : value
        value = character == 0x5F ? 63 : value
        return value
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
}
