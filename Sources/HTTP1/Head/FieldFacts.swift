import Bytes

/// What the fields of a head say of its connection and of its body, and whether they agree.
struct FieldFacts: Sendable {
    private var hasHost = false
    /// The value of `Content-Length`, at most `maximumLength`.
    private var contentLength: Int?
    private var isChunked = false
    private var saysClose = false
    private var saysKeepAlive = false

    /// A longer body's length counts as this one: it is beyond every limit, and sums with it don't overflow.
    static let maximumLength = 1 << 48

    /// Takes the value of one of the fields that are looked at.
    mutating func read(
        _ field: FieldName, in bytes: RawSpan, at line: Range<Int>, into head: inout RequestHead
    ) throws(HeadError) {
        let value = Self.trim(in: bytes, at: line)
        switch field {
        case .host: try readHost(in: bytes, at: value)
        case .cookie: head.fields.append(cookie: FieldValue(start: value.lowerBound, end: value.upperBound))
        case .authorization:
            guard head.fields.authorization == nil else { throw .authorizationRepeated }
            head.fields.authorization = FieldValue(start: value.lowerBound, end: value.upperBound)
        case .connection: try readConnection(in: bytes, at: value)
        case .contentLength: try readContentLength(in: bytes, at: value)
        case .transferEncoding: try readTransferEncoding(in: bytes, at: value)
        case .expect: head.expectsContinue = head.expectsContinue || Self.isContinue(in: bytes, at: value)
        case .userAgent:
            head.fields.userAgent = FieldValue(start: value.lowerBound, end: value.upperBound)
        case .forwardedFor:
            head.fields.forwardedFor = FieldValue(start: value.lowerBound, end: value.upperBound)
        case .further, .other: break
        }
    }

    /// Takes the value of a field that this configuration looks at. What it can't hold counts as absent.
    static func read(
        _ field: RequestFields.Further, in bytes: RawSpan, at line: Range<Int>, into head: inout RequestHead
    ) {
        let value = trim(in: bytes, at: line)
        let isUsable =
            field.takesAnyValue
            || value.count <= field.maximumLength && bytes.extracting(value).isPrintable
        head.fields.add(
            field, at: FieldValue(start: value.lowerBound, end: isUsable ? value.upperBound : value.lowerBound))
    }

    /// Judges the head as a whole, when all fields were read.
    mutating func judge(_ head: inout RequestHead) throws(HeadError) {
        guard hasHost || head.version == .http10 else { throw .hostMissing }
        try Self.checkRepeated(head.fields)
        head.persists = !saysClose && (head.version == .http11 || saysKeepAlive)
        head.expectsContinue = head.expectsContinue && head.version == .http11
        if isChunked {
            guard head.version == .http11 else { throw .badTransferEncoding }
            guard contentLength == nil else { throw .lengthAndTransferEncoding }
            head.body = .chunked
        } else if let contentLength, contentLength > 0 {
            head.body = .length(contentLength)
        }
    }

    /// Refuses a request in which one of the fields came again of which there may be one: which of them the gateway has set
    /// nobody can say.
    @inline(__always)
    static func checkRepeated(_ fields: RequestFields) throws(HeadError) {
        guard fields.repeatsAny else { return }
        if fields.isRepeated(.originalMethod) || fields.isRepeated(.originalURI) || fields.isRepeated(.apiToken) {
            throw .furtherRepeated
        }
    }

    /// Takes spaces and tabs off both ends (RFC 9110 section 5.5).
    static func trim(in bytes: RawSpan, at line: Range<Int>) -> Range<Int> {
        var start = line.lowerBound
        var end = line.upperBound
        while start < end, bytes[byte: start].isFieldSpace { start += 1 }
        while end > start, bytes[byte: end - 1].isFieldSpace { end -= 1 }
        return start..<end
    }

    /// One `Host`, which may be empty (RFC 9112 section 3.2).
    private mutating func readHost(in bytes: RawSpan, at value: Range<Int>) throws(HeadError) {
        guard !hasHost else { throw .hostRepeated }
        hasHost = true
        for offset in value {
            guard ByteSet.host.contains(bytes[byte: offset]) else { throw .badHost }
        }
    }

    /// `1*DIGIT`, once (RFC 9112 section 6.3: a list, even of equal values, may be refused).
    private mutating func readContentLength(in bytes: RawSpan, at value: Range<Int>) throws(HeadError) {
        guard contentLength == nil else { throw .contentLengthRepeated }
        guard !isChunked else { throw .lengthAndTransferEncoding }
        guard !value.isEmpty else { throw .badContentLength }
        var length = 0
        for offset in value {
            let digit = bytes[byte: offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { throw .badContentLength }
            length = min(length * 10 + Int(digit), Self.maximumLength)
        }
        contentLength = length
    }

    private mutating func readTransferEncoding(in bytes: RawSpan, at value: Range<Int>) throws(HeadError) {
        guard contentLength == nil else { throw .lengthAndTransferEncoding }
        guard !isChunked, !value.isEmpty else { throw .badTransferEncoding }
        guard value.count == 7, bytes.lowercased32(at: value.lowerBound) == word("c", "h", "u", "n"),
            bytes.lowercased32(at: value.lowerBound + 3) == word("n", "k", "e", "d")
        else { throw .codingNotSupported }
        isChunked = true
    }

    private static func isContinue(in bytes: RawSpan, at value: Range<Int>) -> Bool {
        let start = value.lowerBound
        return value.count == 12 && bytes.word32(at: start) == word("1", "0", "0", "-")
            && bytes.lowercased64(at: start + 4) == word("c", "o", "n", "t", "i", "n", "u", "e")
    }

    /// A list of tokens, among them perhaps `close` and `keep-alive` (RFC 9112 section 9.3).
    private mutating func readConnection(in bytes: RawSpan, at value: Range<Int>) throws(HeadError) {
        var rest = value
        while !rest.isEmpty {
            var end = rest.lowerBound
            while end < rest.upperBound, bytes[byte: end] != UInt8(ascii: ",") { end += 1 }
            try readConnectionOption(in: bytes, at: Self.trim(in: bytes, at: rest.lowerBound..<end))
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
        }
    }

    private mutating func readConnectionOption(in bytes: RawSpan, at option: Range<Int>) throws(HeadError) {
        for offset in option {
            guard ByteSet.token.contains(bytes[byte: offset]) else { throw .badConnection }
        }
        let start = option.lowerBound
        switch option.count {
        case 5 where bytes.lowercased32(at: start) == word("c", "l", "o", "s"):
            saysClose = saysClose || bytes.lowercased(at: start + 4) == UInt8(ascii: "e")
        case 10 where bytes.lowercased64(at: start) == word("k", "e", "e", "p", "-", "a", "l", "i"):
            saysKeepAlive = saysKeepAlive || bytes.lowercased32(at: start + 6) == word("l", "i", "v", "e")
        default: break
        }
    }
}

/// The fields that the listener looks at. All others are only checked for their form.
enum FieldName: UInt8 {
    case host, cookie, expect, connection, authorization, contentLength, transferEncoding, userAgent, forwardedFor
    /// One that this configuration looks at: `FurtherFields` says which.
    case further
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
