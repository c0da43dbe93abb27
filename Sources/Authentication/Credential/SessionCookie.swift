import Bytes
package import JOSE

/// A `session` cookie's value, `<id>.<secret>`: which session it claims to be, and the proof.
package struct SessionCookie: Sendable {
    /// How long a session's id may be, in bytes; Authgear's are at most 36.
    package static let maximumIDLength = 128

    package var id: [UInt8]
    /// The SHA-256 of the whole value. The secret itself is not kept.
    package var digest: SHA256Digest

    /// Reads a cookie's value.
    ///
    /// - Parameter digest: the value's, when it is known.
    package init(_ value: RawSpan, digest: SHA256Digest? = nil) throws(RecordRefusal) {
        var dot: Int?
        for index in 0..<value.byteCount where value[byte: index] == UInt8(ascii: ".") {
            guard dot == nil else { throw .malformedCookie }
            dot = index
        }
        guard let dot, dot > 0, dot < value.byteCount - 1, dot <= Self.maximumIDLength else { throw .malformedCookie }
        var id: [UInt8] = []
        id.reserveCapacity(dot)
        for index in 0..<dot {
            guard value[byte: index].isVisible else { throw .malformedCookie }
            id.append(value[byte: index])
        }
        self.id = id
        self.digest = digest ?? SHA256Digest(of: value)
    }
}
