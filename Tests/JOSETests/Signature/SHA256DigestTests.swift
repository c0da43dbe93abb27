import Bytes
import Fixtures
import JOSE
import Testing

@Suite struct SHA256DigestTests {
    private func digest(_ text: String) -> SHA256Digest {
        let bytes = Array(text.utf8)
        return SHA256Digest(of: bytes.span.bytes)
    }

    private func equalsHex(_ digest: SHA256Digest, _ hex: String) -> Bool {
        let bytes = Array(hex.utf8)
        return digest.equalsHex(bytes.span.bytes)
    }

    /// The first and second are the examples of FIPS 180-4; the third is one million times `a`.
    @Test(
        arguments: [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ].map { (LongText($0), $1) })
    func `a digest is the one that FIPS 180-4 gives`(_ text: LongText, _ hex: String) {
        let digest = digest(text.text)
        #expect(digest.hex == hex)
        #expect(equalsHex(digest, hex))
        #expect(digest.bytes.count == 32)
    }

    @Test func `a digest equals its own hexadecimal alone, in small letters`() {
        let digest = digest("abc")
        let hex = digest.hex
        #expect(!equalsHex(digest, hex.uppercased()))
        #expect(!equalsHex(digest, ""))
        #expect(!equalsHex(digest, String(hex.dropLast())))
        #expect(!equalsHex(digest, hex + "0"))
        for index in 0..<64 {
            var other = Array(hex.utf8)
            other[index] = other[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(!equalsHex(digest, String(decoding: other, as: UTF8.self)))
        }
    }

    @Test func `equal bytes have equal digests and hashes, others don't`() {
        #expect(digest("abc") == digest("abc"))
        #expect(Set([digest("abc"), digest("abc"), digest("abd")]).count == 2)
    }

    @Test func `a digest is read from hexadecimal digits in either case, and from nothing else`() {
        func read(_ hex: String) -> SHA256Digest? { SHA256Digest(hex: Array(hex.utf8).span.bytes) }
        let digest = SHA256Digest(of: Array("abc".utf8).span.bytes)
        #expect(read(digest.hex) == digest)
        #expect(read(digest.hex.uppercased()) == digest)
        for text in ["", String(digest.hex.dropLast()), digest.hex + "0", "g" + digest.hex.dropFirst()] {
            #expect(read(text) == nil)
        }
        for byte in UInt8.min ... .max where !"0123456789abcdefABCDEF".utf8.contains(byte) {
            let text = [byte] + Array(digest.hex.utf8.dropFirst())
            let read = SHA256Digest(hex: text.span.bytes)
            #expect(read == nil)
        }
    }
}
