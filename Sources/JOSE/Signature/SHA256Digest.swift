import Bytes
import CLibcrypto

/// A SHA-256 digest (FIPS 180-4): 32 bytes, held inline.
@usableFromInline
package struct SHA256Digest: Hashable, Sendable {
    /// The digest's bytes 0–7, 8–15, 16–23 and 24–31, as they lie in memory.
    @usableFromInline
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Hashes the bytes. Allocates nothing.
    package init(of bytes: RawSpan) {
        unsafe withUnsafeMutableBytes(of: &words) { words in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe clibcrypto_sha256(bytes.baseAddress, bytes.count, words.baseAddress)
            }
        }
    }

    /// Hashes the bytes of a digest and others behind them. Allocates nothing for some hundreds of them.
    package init(of digest: SHA256Digest, followedBy rest: RawSpan) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 32 + rest.byteCount, alignment: 8) { input in
            unsafe withUnsafeBytes(of: digest.words) { unsafe input.copyMemory(from: $0) }
            unsafe rest.withUnsafeBytes { rest in
                unsafe UnsafeMutableRawBufferPointer(rebasing: input[32...]).copyMemory(from: rest)
            }
            unsafe withUnsafeMutableBytes(of: &words) { words in
                unsafe clibcrypto_sha256(input.baseAddress, input.count, words.baseAddress)
            }
        }
    }

    /// Reads a digest in 64 hexadecimal digits, in either case; nil when the text is something else.
    package init?(hex text: RawSpan) {
        guard text.byteCount == 64 else { return nil }
        var bytes: [UInt8] = []
        for offset in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(ofHex: text[byte: offset]), let low = Self.value(ofHex: text[byte: offset + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        let read = bytes.span.bytes
        words = (
            read[word: 0].littleEndian, read[word: 8].littleEndian, read[word: 16].littleEndian,
            read[word: 24].littleEndian
        )
    }

    /// Takes the 32 bytes of a digest; nil when there are more or fewer.
    package init?(bytes: RawSpan) {
        guard bytes.byteCount == 32 else { return nil }
        words = (
            bytes[word: 0].littleEndian, bytes[word: 8].littleEndian, bytes[word: 16].littleEndian,
            bytes[word: 24].littleEndian
        )
    }

    private static func value(ofHex digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }

    /// The first eight bytes: enough to tell digests apart that nobody chose.
    @inlinable
    package var firstWord: UInt64 { words.0 }

    /// Another digest for each tag, so that one cache can hold values of several kinds under the digests of the same bytes.
    @inlinable
    package func tagged(_ tag: UInt8) -> SHA256Digest {
        var tagged = self
        tagged.words.3 ^= UInt64(tag)
        return tagged
    }

    /// The same for more kinds than a byte can tell apart.
    package func tagged(word: UInt32) -> SHA256Digest {
        var tagged = self
        tagged.words.2 ^= UInt64(word)
        return tagged
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        unsafe withUnsafeBytes(of: words) { unsafe Array($0) }
    }

    /// The digest in lowercase hexadecimal: 64 characters.
    package var hex: String {
        String(decoding: hexBytes, as: UTF8.self)
    }

    /// Whether the text is this digest in lowercase hexadecimal. The time it takes does not tell where they differ.
    package func equalsHex(_ text: RawSpan) -> Bool {
        guard text.byteCount == 64 else { return false }
        var difference: UInt64 = 0
        for part in 0..<8 { difference |= text[word: 8 * part] ^ hexDigits(ofPart: part).byteSwapped }
        return difference == 0
    }

    /// Whether the text is this digest in base64url without padding (RFC 4648 section 5), as it is written in one way alone.
    package func equalsBase64URL(_ text: RawSpan) -> Bool {
        guard text.byteCount == 43 else { return false }
        var difference: UInt8 = 0
        for place in 0..<43 {
            let (offset, shift) = (6 * place / 8, 6 * place % 8)
            // Behind the last byte there are zeros.
            let next = offset < 31 ? self[offset + 1] : 0
            let pair = UInt16(self[offset]) << 8 | UInt16(next)
            let value = UInt8(truncatingIfNeeded: pair >> UInt16(10 - shift)) & 63
            difference |= text[byte: place] ^ Self.base64URLCharacter(of: value)
        }
        return difference == 0
    }

    private static func base64URLCharacter(of value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + UInt8(ascii: "A")
        case 26..<52: value - 26 + UInt8(ascii: "a")
        case 52..<62: value - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }

    /// The byte at an offset from 0 to 31.
    private subscript(offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: UInt64(littleEndian: word(at: offset >> 3)) >> UInt64(8 * (offset & 7)))
    }

    private func word(at index: Int) -> UInt64 {
        switch index {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        default: words.3
        }
    }

    /// The same, as bytes.
    package var hexBytes: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64) { text, count in
            for part in 0..<8 {
                unsafe UnsafeMutableRawBufferPointer(text).storeBytes(
                    of: hexDigits(ofPart: part).bigEndian, toByteOffset: 8 * part, as: UInt64.self)
            }
            count = 64
        }
    }

    /// The eight digits of one of the eight parts, the first of them the most significant: all at once, without a branch or a
    /// table, whose time could tell of what is compared.
    private func hexDigits(ofPart part: Int) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var nibbles = UInt64(bigEndian: word(at: part >> 1)) >> (part & 1 == 0 ? 32 : 0) & 0xFFFF_FFFF
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (nibbles &+ ones &* 6) >> 4 & ones
        return nibbles &+ ones &* 0x30 &+ letters &* 0x27
    }

    @inlinable
    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.words == right.words
    }

    @usableFromInline
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
