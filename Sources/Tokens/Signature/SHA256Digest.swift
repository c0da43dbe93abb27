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
        constantTimeEqual(hexBytes.span.bytes, text)
    }

    private var hexBytes: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
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
