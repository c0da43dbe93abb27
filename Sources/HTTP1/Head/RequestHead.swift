package import Bytes

/// A request head that is HTTP as it should be (RFC 9112), as facts and as places in its bytes.
@usableFromInline
package struct RequestHead: Sendable {
    /// What follows the head (RFC 9112 section 6).
    package enum Body: Hashable, Sendable {
        case none
        /// This many bytes, at least one.
        case length(Int)
        case chunked
    }

    package enum Version: UInt8, Sendable {
        case http10, http11
    }

    /// What the decision looks at, as places in the bytes of the head.
    package internal(set) var fields = RequestFields()
    /// Which of our paths the target names; nil when it is none of ours, which is answered 404.
    package internal(set) var route: Route?
    /// Where the name of the access policy that is asked about stands; nil when none is.
    package internal(set) var policy: FieldValue?
    package internal(set) var version = Version.http11
    /// Where the method stands, and what follows our path in the target.
    private(set) var method = FieldValue(start: 0, end: 0)
    private(set) var rest = FieldValue(start: 0, end: 0)
    /// Whether the connection stays open after the answer (RFC 9112 section 9.3).
    package internal(set) var persists = true
    package internal(set) var body = Body.none
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    package internal(set) var expectsContinue = false
    /// The bytes of the head, from the first up to the line feed of its empty line.
    package internal(set) var length = 0

    @inline(__always)
    package init() {}
}

/// The paths that are answered (contract section 1).
package enum Route: UInt8, CaseIterable, Sendable {
    case resolve
    case require
}

extension RequestHead {
    /// Reads `method SP target SP HTTP/x.y` (RFC 9112 section 3); the line has no control bytes.
    @inline(__always)
    mutating func readRequestLine(in bytes: RawSpan, at line: Range<Int>) throws(HeadError) {
        let methodEnd = ByteScan.tokenEnd(in: bytes, from: line.lowerBound)
        guard methodEnd < line.upperBound, bytes[byte: methodEnd] == UInt8(ascii: " ") else { throw .badRequestLine }
        guard methodEnd > line.lowerBound else { throw .badMethod }
        // The last nine bytes are ` HTTP/x.y`, and at least one byte of target is left.
        let targetEnd = line.upperBound - 9
        guard targetEnd > methodEnd + 1, bytes[byte: targetEnd] == UInt8(ascii: " ") else { throw .badRequestLine }
        try readVersion(in: bytes, at: targetEnd + 1)
        try readTarget(in: bytes, method: line.lowerBound..<methodEnd, at: methodEnd + 1..<targetEnd)
    }

    /// Reads which of our paths a target names; it is not empty.
    @inline(__always)
    mutating func readTarget(in bytes: RawSpan, method: Range<Int>, at target: Range<Int>) throws(HeadError) {
        try checkMethod(in: bytes, at: method)
        let match = try Target.match(in: bytes, at: target)
        self.method = FieldValue(start: method.lowerBound, end: method.upperBound)
        if let match { rest = FieldValue(start: match.end, end: target.upperBound) }
        route = match?.route
        policy = match?.policy
    }

    /// Takes the request for the client's own: a gateway that sends its method, and its path behind ours.
    mutating func takeOriginal(in bytes: RawSpan) {
        let isPath = rest.start < rest.end && bytes[byte: rest.range.lowerBound] == UInt8(ascii: "/")
        takeOriginal(method: method.range, target: isPath ? rest.range : 0..<0)
    }

    /// Takes a method and a target that stand elsewhere for the client's own, in place of what fields say: where the gateway writes none
    /// of those, they are the client's. A target that is too long is none, and leaves nothing that could be taken for it.
    mutating func takeOriginal(method: Range<Int>, target: Range<Int>) {
        let isUsable = target.count <= RequestFields.Further.originalURI.maximumLength
        fields.set(.originalMethod, at: FieldValue(start: method.lowerBound, end: method.upperBound))
        fields.set(
            .originalURI,
            at: FieldValue(start: target.lowerBound, end: isUsable ? target.upperBound : target.lowerBound))
    }

    @inline(__always)
    private mutating func readVersion(in bytes: RawSpan, at offset: Int) throws(HeadError) {
        switch bytes[word: offset] {
        case word("H", "T", "T", "P", "/", "1", ".", "1"): version = .http11
        case word("H", "T", "T", "P", "/", "1", ".", "0"): version = .http10
        default:
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard bytes.word32(at: offset) == word("H", "T", "T", "P"),
                bytes[byte: offset + 4] == UInt8(ascii: "/"), digits.contains(bytes[byte: offset + 5]),
                bytes[byte: offset + 6] == UInt8(ascii: "."), digits.contains(bytes[byte: offset + 7])
            else { throw .badRequestLine }
            throw .versionNotSupported
        }
    }

    /// Any method will do but CONNECT: a proxy would take its 200 for a tunnel.
    @inline(__always)
    private func checkMethod(in bytes: RawSpan, at method: Range<Int>) throws(HeadError) {
        guard method.count == 7, bytes.word32(at: method.lowerBound) == word("C", "O", "N", "N"),
            bytes.word32(at: method.lowerBound + 3) == word("N", "E", "C", "T")
        else { return }
        throw .badMethod
    }
}
