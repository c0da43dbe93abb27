import Bytes
import CLibcrypto

/// A SHA-256 digest (FIPS 180-4): 32 bytes, held inline.
package struct SHA256Digest: Hashable, Sendable {
    /// The digest's bytes 0–7, 8–15, 16–23 and 24–31, as they lie in memory.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Hashes the bytes. Allocates nothing.
    package init(of bytes: RawSpan) {
        unsafe withUnsafeMutableBytes(of: &words) { words in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe clibcrypto_sha256(bytes.baseAddress, bytes.count, words.baseAddress)
            }
        }
    }

    /// The first eight bytes: enough to tell digests apart that nobody chose.
    package var firstWord: UInt64 { words.0 }

    /// Another digest for each tag, so that one cache can hold values of several kinds under the digests of the same bytes.
    package func tagged(_ tag: UInt8) -> SHA256Digest {
        var tagged = self
        tagged.words.3 ^= UInt64(tag)
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
        var difference: UInt8 = 0
        for offset in 0..<32 {
            let byte = self[offset]
            difference |= text[byte: 2 * offset] ^ Self.hexDigit(byte >> 4)
            difference |= text[byte: 2 * offset + 1] ^ Self.hexDigit(byte & 15)
        }
        return difference == 0
    }

    /// The byte at an offset from 0 to 31.
    private subscript(offset: Int) -> UInt8 {
        let word =
            switch offset >> 3 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return UInt8(truncatingIfNeeded: UInt64(littleEndian: word) >> UInt64(8 * (offset & 7)))
    }

    /// `0`–`9` or `a`–`f`, found without a branch or a table.
    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble &+ 0x30 &+ ((9 &- nibble) >> 7) &* 0x27
    }

    /// The same, as bytes.
    package var hexBytes: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64) { text, count in
            for offset in 0..<32 {
                unsafe text[2 * offset] = Self.hexDigit(self[offset] >> 4)
                unsafe text[2 * offset + 1] = Self.hexDigit(self[offset] & 15)
            }
            count = 64
        }
    }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
