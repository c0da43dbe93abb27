/// The fields that the listener looks at. All others are only checked for their form.
enum FieldName: UInt8 {
    case host, cookie, expect, connection, authorization, contentLength, transferEncoding, userAgent, forwardedFor
    case other

    /// Reads a name that is known to be a token: by its length, then by its letters in any case.
    @inline(__always)
    init(_ bytes: RawSpan, at start: Int, length: Int) {
        self = .other
        switch length {
        case 4 where bytes.lowercased32(at: start) == word("h", "o", "s", "t"):
            self = .host
        case 6 where bytes.lowercased32(at: start + 2) == word("o", "k", "i", "e"):
            if bytes.lowercased32(at: start) == word("c", "o", "o", "k") { self = .cookie }
        case 6 where bytes.lowercased32(at: start + 2) == word("p", "e", "c", "t"):
            if bytes.lowercased32(at: start) == word("e", "x", "p", "e") { self = .expect }
        case 10 where bytes.lowercased64(at: start) == word("c", "o", "n", "n", "e", "c", "t", "i"):
            if bytes.lowercased32(at: start + 6) == word("t", "i", "o", "n") { self = .connection }
        case 10 where bytes.lowercased64(at: start) == word("u", "s", "e", "r", "-", "a", "g", "e"):
            if bytes.lowercased32(at: start + 6) == word("g", "e", "n", "t") { self = .userAgent }
        case 13 where bytes.lowercased64(at: start) == word("a", "u", "t", "h", "o", "r", "i", "z"):
            if bytes.lowercased64(at: start + 5) == word("r", "i", "z", "a", "t", "i", "o", "n") {
                self = .authorization
            }
        case 14 where bytes.lowercased64(at: start) == word("c", "o", "n", "t", "e", "n", "t", "-"):
            if bytes.lowercased64(at: start + 6) == word("t", "-", "l", "e", "n", "g", "t", "h") {
                self = .contentLength
            }
        case 15 where bytes.lowercased64(at: start) == word("x", "-", "f", "o", "r", "w", "a", "r"):
            if bytes.lowercased64(at: start + 7) == word("r", "d", "e", "d", "-", "f", "o", "r") {
                self = .forwardedFor
            }
        case 17 where bytes.lowercased64(at: start) == word("t", "r", "a", "n", "s", "f", "e", "r"):
            if bytes.lowercased64(at: start + 8) == word("-", "e", "n", "c", "o", "d", "i", "n"),
                bytes.lowercased(at: start + 16) == UInt8(ascii: "g")
            {
                self = .transferEncoding
            }
        default: break
        }
    }
}
