import Bytes

extension FuzzTarget {
    /// What is decoded is encoded to the same text again, and any bytes come back from their text.
    static let base64URL = FuzzTarget(name: "base64url") { input in
        if let decoded = Base64URL.decode(input) {
            let again = Base64URL.encode(decoded.span.bytes)
            expect(input.equals(again.span.bytes), "decoded text is the one right text")
        }
        let text = Base64URL.encode(input)
        let bytes = Base64URL.decode(text.span.bytes)
        expect(bytes == [UInt8](copying: input), "bytes come back")
    }
}
