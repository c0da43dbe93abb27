import Bytes

/// Reads a request head, strictly, in one pass over its bytes.
///
/// Takes the bytes that have come so far, from the first of the head; gives a `RequestHead` or the rule that is broken.
/// It goes on where it stopped when more bytes come, so a head that comes byte by byte costs no more than a whole one,
/// and it refuses at the first wrong byte. It allocates nothing and makes no strings.
@usableFromInline
package struct HeadParser: Sendable {
    /// Which element begins at `start`.
    private enum Element {
        /// The empty line that a client may send before its request line (RFC 9112 section 2.2).
        case emptyLine
        case requestLine
        case fieldName
        case fieldValue
    }

    /// What is known so far. Whole when `advance` has returned true.
    @usableFromInline
    package private(set) var head = RequestHead()
    private var element = Element.emptyLine
    /// Where the current element begins.
    private var start = 0
    /// Up to where the current element was looked at.
    private var position = 0
    /// The name of the field whose value is being read.
    private var field = FieldName.other
    private var furtherField = RequestFields.Further.accept
    private var facts = FieldFacts()

    @inline(__always)
    package init() {}

    /// Goes on with the head.
    ///
    /// - Parameters:
    ///   - bytes: all bytes from the head's first on, at least as many as in the call before.
    ///   - limit: the most bytes that a head may have.
    ///   - further: which fields are looked at beside those of every request.
    /// - Returns: whether the head is complete. Then `head.length` bytes belong to it.
    package mutating func advance(
        over bytes: RawSpan, limit: Int, lookingAt further: FurtherFields = FurtherFields()
    ) throws(HeadError) -> Bool {
        let window = bytes.byteCount > limit ? bytes.extracting(0..<limit) : bytes
        if try advance(within: window, lookingAt: further) { return true }
        guard bytes.byteCount < limit else {
            throw element == .fieldName || element == .fieldValue ? .headTooLarge : .targetTooLong
        }
        return false
    }

    private mutating func advance(within bytes: RawSpan, lookingAt further: FurtherFields) throws(HeadError) -> Bool {
        if element == .emptyLine {
            guard try skipEmptyLine(in: bytes) else { return false }
        }
        if element == .requestLine {
            guard let end = try lineEnd(in: bytes) else { return false }
            try head.readRequestLine(in: bytes, at: start..<end)
            beginFieldLine(at: end + 2)
        }
        while true {
            if element == .fieldName {
                guard start < bytes.byteCount else { return false }
                if bytes[byte: start] == UInt8(ascii: "\r") { return try finish(in: bytes, from: further.source) }
                guard try readFieldName(in: bytes, lookingAt: further) else { return false }
            }
            guard let end = try lineEnd(in: bytes) else { return false }
            switch field {
            case .other: break
            case .further: FieldFacts.read(furtherField, in: bytes, at: start..<end, into: &head)
            default: try facts.read(field, in: bytes, at: start..<end, into: &head)
            }
            beginFieldLine(at: end + 2)
        }
    }

    private mutating func beginFieldLine(at offset: Int) {
        element = .fieldName
        start = offset
        position = offset
    }

    private mutating func skipEmptyLine(in bytes: RawSpan) throws(HeadError) -> Bool {
        guard bytes.byteCount > 0 else { return false }
        if bytes[byte: 0] == UInt8(ascii: "\r") {
            guard bytes.byteCount > 1 else { return false }
            guard bytes[byte: 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
            start = 2
            position = 2
        }
        element = .requestLine
        return true
    }

    /// Looks for the CR LF that ends the current line; gives the offset of its CR.
    @inline(__always)
    private mutating func lineEnd(in bytes: RawSpan) throws(HeadError) -> Int? {
        while true {
            position = ByteScan.control(in: bytes, from: position)
            guard position < bytes.byteCount else { return nil }
            switch bytes[byte: position] {
            case UInt8(ascii: "\r"):
                guard position &+ 1 < bytes.byteCount else { return nil }
                guard bytes[byte: position &+ 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
                return position
            case UInt8(ascii: "\n"): throw .badLineEnd
            case UInt8(ascii: "\t") where element == .fieldValue: position &+= 1
            default: throw element == .fieldValue ? .badFieldValue : .badRequestLine
            }
        }
    }

    /// Reads up to the colon; then `start` is where the value begins.
    @inline(__always)
    private mutating func readFieldName(in bytes: RawSpan, lookingAt further: FurtherFields) throws(HeadError) -> Bool {
        position = ByteScan.tokenEnd(in: bytes, from: position)
        guard position < bytes.byteCount else { return false }
        guard bytes[byte: position] == UInt8(ascii: ":"), position > start else {
            let first = bytes[byte: start]
            throw first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") ? .foldedField : .badFieldName
        }
        field = FieldName(bytes, at: start, length: position &- start)
        if field == .other, let found = further.field(bytes, at: start, length: position &- start) {
            (field, furtherField) = (.further, found)
        }
        element = .fieldValue
        start = position &+ 1
        position = start
        return true
    }

    /// Reads the LF of the empty line and judges the head as a whole.
    private mutating func finish(in bytes: RawSpan, from source: OriginalSource) throws(HeadError) -> Bool {
        guard start + 1 < bytes.byteCount else { return false }
        guard bytes[byte: start + 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
        head.length = start + 2
        try facts.judge(&head)
        if source == .envoy { head.takeOriginal(in: bytes) }
        return true
    }
}
