/// The grammar of RFC 8259, from the containers down to the single bytes.
extension JSONReader {
    /// Opens a container at whose first byte the reader stands.
    mutating func enter(container: Int) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw .tooDeep }
        containers[depth] = UInt32(truncatingIfNeeded: container)
        depth += 1
        position += 1
        place = .start
    }

    /// Goes to the innermost container's next member or element; false when there is none, and the container is closed.
    @inline(__always)
    mutating func goOn(inObject: Bool) throws(JSONError) -> Bool {
        if place == .value { try skipValue() }
        guard depth > 0, (containers[depth - 1] != 0) == inObject else { throw .outOfPlace }
        skipSpace()
        if try peek() == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            position += 1
            depth -= 1
            place = .end
            return false
        }
        if place == .end {
            try take(UInt8(ascii: ","))
            skipSpace()
        }
        place = .value
        return true
    }

    /// A member's name and its colon.
    @inline(__always)
    @_lifetime(copy self)
    mutating func scanName() throws(JSONError) -> JSONString {
        guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte }
        let name = try scanString()
        skipSpace()
        try take(UInt8(ascii: ":"))
        skipSpace()
        return name
    }

    /// `true`, `false` or `null`.
    mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
        let end = position + literal.utf8CodeUnitCount
        guard end <= bytes.byteCount else { throw .unexpectedEnd }
        guard bytes.extracting(position..<end).equals(literal) else { throw .unexpectedByte }
        position = end
        place = .end
    }

    /// `[ "-" ] ( "0" / 1-9 *DIGIT ) [ "." 1*DIGIT ] [ ("e" / "E") [ "+" / "-" ] 1*DIGIT ]`
    mutating func scanNumber() throws(JSONError) {
        if bytes[byte: position] == UInt8(ascii: "-") { position += 1 }
        let start = position
        try scanDigits()
        if bytes[byte: start] == UInt8(ascii: "0"), position - start > 1 { throw .badNumber }
        if isAt(UInt8(ascii: ".")) {
            position += 1
            try scanDigits()
        }
        if isAt(UInt8(ascii: "e")) || isAt(UInt8(ascii: "E")) {
            position += 1
            if isAt(UInt8(ascii: "+")) || isAt(UInt8(ascii: "-")) { position += 1 }
            try scanDigits()
        }
    }

    /// One digit or more.
    private mutating func scanDigits() throws(JSONError) {
        let start = position
        while position < bytes.byteCount, bytes[byte: position].isDigit { position += 1 }
        guard position > start else { throw .badNumber }
    }

    /// Whether this byte is next.
    @inline(__always)
    func isAt(_ byte: UInt8) -> Bool { position < bytes.byteCount && bytes[byte: position] == byte }

    @inline(__always)
    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.byteCount else { throw .unexpectedEnd }
        return bytes[byte: position]
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) throws(JSONError) {
        guard try peek() == byte else { throw .unexpectedByte }
        position += 1
    }

    @inline(__always)
    mutating func skipSpace() {
        while position < bytes.byteCount, bytes[byte: position].isJSONSpace { position += 1 }
    }
}
