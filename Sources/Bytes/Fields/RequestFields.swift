/// The fields of a request that bear on the decision, as places in the bytes of its head. A front finds them, and knows
/// nothing of what they mean.
@usableFromInline
package struct RequestFields: Sendable {
    /// The value of the one `Authorization` field, without surrounding white space.
    @usableFromInline
    package var authorization: FieldValue?
    /// What the gateway passed on of the client, the same: Authgear shows it to users.
    @usableFromInline
    package var userAgent: FieldValue?
    @usableFromInline
    package var forwardedFor: FieldValue?
    /// The value of the first `Cookie` field, the same; nil when there is none.
    @usableFromInline
    package internal(set) var firstCookie: FieldValue?
    /// Where the value of the last `Cookie` field ends.
    @usableFromInline
    package internal(set) var cookiesEnd: Int32 = 0
    /// Those that only some configurations look at.
    @usableFromInline
    var further = InlineArray<13, FieldValue>(repeating: FieldValue(start: 0, end: 0))
    /// A bit for each that is there, and for each that came again.
    @usableFromInline
    var present: UInt16 = 0
    @usableFromInline
    var repeated: UInt16 = 0

    @inlinable
    @inline(__always)
    package init() {}

    /// A field that is looked at where the configuration needs it.
    @usableFromInline
    package enum Further: UInt8, CaseIterable, Sendable {
        /// The client's own request, as the gateway hands it on.
        case originalMethod, originalURI
        /// What a browser says of where a request comes from and what it is for (Fetch Metadata; RFC 6454 section 7).
        case origin, fetchSite, fetchMode
        case accept
        /// What the configuration has other names for.
        case csrfToken, apiToken
        /// A proof that the sender has a token's key (`DPoP`, RFC 9449 section 4.1).
        case proof
        /// What the gateway says of the client's certificate, under the configuration's name.
        case certificate
        /// What a preflight asks about (`Access-Control-Request-Method`).
        case requestMethod
        /// Which trace the request belongs to (W3C Trace Context).
        case traceParent, traceState

        /// How long a value may be; a longer one counts as absent.
        package var maximumLength: Int { self == .originalURI ? 8 << 10 : 512 }

        /// Whether any value is kept, for who judges what is wrong with it.
        package var takesAnyValue: Bool { self == .proof || self == .certificate }
    }

    /// The first value of a field; nil when there is none, or an empty one.
    @inlinable
    @inline(__always)
    package subscript(field: Further) -> FieldValue? {
        guard present >> field.rawValue & 1 == 1 else { return nil }
        let value = further[Int(field.rawValue)]
        return value.start < value.end ? value : nil
    }

    /// Whether there is any field that a credential may stand in.
    @inlinable
    @inline(__always)
    package var mayPresent: Bool {
        authorization != nil || firstCookie != nil || present >> Further.apiToken.rawValue & 1 == 1
    }

    /// Where the first value of a field stands, an empty one, too; nil when there is none.
    package func place(of field: Further) -> FieldValue? {
        present >> field.rawValue & 1 == 1 ? further[Int(field.rawValue)] : nil
    }

    /// The value of a field that came once; nil when there is none, or more than one.
    @inlinable
    package func single(_ field: Further) -> FieldValue? { isRepeated(field) ? nil : self[field] }

    @inlinable
    @inline(__always)
    package func isRepeated(_ field: Further) -> Bool { repeated >> field.rawValue & 1 == 1 }

    /// Whether any field came more than once.
    @inlinable
    @inline(__always)
    package var repeatsAny: Bool { repeated != 0 }

    /// Adds a field; of several the first counts, and that there are several.
    package mutating func add(_ field: Further, at value: FieldValue) {
        guard present >> field.rawValue & 1 == 0 else { return repeated |= 1 << field.rawValue }
        further[Int(field.rawValue)] = value
        present |= 1 << field.rawValue
    }

    /// Takes a field from where the client writes none: what came under its name before does not count.
    package mutating func set(_ field: Further, at value: FieldValue) {
        further[Int(field.rawValue)] = value
        present |= 1 << field.rawValue
        repeated &= ~(1 << field.rawValue)
    }

    /// Adds the value of a `Cookie` field that stands behind the others.
    package mutating func append(cookie: FieldValue) {
        if firstCookie == nil { firstCookie = cookie }
        cookiesEnd = cookie.end
    }

    /// The values of all `Cookie` fields.
    @inlinable
    package var cookies: CookieFields { CookieFields(self) }
}

/// Where a field's value stands in the bytes of the request head: `start` up to but not including `end`.
@usableFromInline
package struct FieldValue: Hashable, Sendable {
    @usableFromInline
    package var start: Int32
    @usableFromInline
    package var end: Int32

    @inlinable
    @inline(__always)
    package init(start: Int, end: Int) {
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
    }

    @inlinable
    @inline(__always)
    package var range: Range<Int> { Int(start)..<Int(end) }
}

/// The values of a request's `Cookie` fields, in order, however many there are.
///
/// Nearly every request has one such field, or none. So of several only the first is kept, and where the last one ends: the
/// lines between are looked at again.
@usableFromInline
package struct CookieFields {
    /// The value that is next; nil when there is none left.
    @usableFromInline
    var value: FieldValue?
    /// Where the last value ends.
    @usableFromInline
    let end: Int

    @inlinable
    init(_ fields: RequestFields) {
        self.value = fields.firstCookie
        self.end = Int(fields.cookiesEnd)
    }

    /// Where the next value stands in `head`, the head that the fields are of: without white space around it.
    @inlinable
    @inline(__always)
    package mutating func next(in head: RawSpan) -> FieldValue? {
        guard let current = value else { return nil }
        let from = current.range.upperBound
        value = from < end ? FieldLines.find("cookie:", after: from, before: end, in: head) : nil
        return current
    }
}

extension RequestFields {
    /// The values of a field that came more than once, as one list (RFC 9110 section 5.3).
    ///
    /// - Parameters:
    ///   - name: in lower case, with the colon.
    ///   - limit: what is longer is not gathered to its end.
    package func list(of field: Further, named name: StaticString, in head: RawSpan, limit: Int) -> [UInt8] {
        // The place of the first one says where it begins, and nothing more where it could not be held.
        var value = place(of: field).map { FieldLines.value(from: $0.range.lowerBound, in: head) }
        var list: [UInt8] = []
        while let current = value, list.count <= limit {
            if !list.isEmpty { list.append(UInt8(ascii: ",")) }
            list.append(copying: head.extracting(current.range))
            value = FieldLines.find(name, after: current.range.upperBound, before: head.byteCount, in: head)
        }
        return list
    }
}

/// The lines of a head, looked at again for fields of which it was only kept that they are there.
@usableFromInline
enum FieldLines {
    /// The first field of this name among the lines that begin behind an offset, which lies within a line.
    ///
    /// - Parameter name: in lower case, with the colon.
    @usableFromInline
    static func find(_ name: StaticString, after offset: Int, before end: Int, in head: RawSpan) -> FieldValue? {
        let nameLength = name.utf8CodeUnitCount
        var lineEnd = lineEnd(from: offset, before: end, in: head)
        while lineEnd + lineBreak < end {
            let start = lineEnd + lineBreak
            lineEnd = Self.lineEnd(from: start, before: end, in: head)
            guard start + nameLength <= lineEnd,
                head.extracting(start..<start + nameLength).equalsIgnoringCase(name)
            else { continue }
            return trim(from: start + nameLength, to: lineEnd, in: head)
        }
        return nil
    }

    /// The value that begins there, to the end of its line.
    static func value(from start: Int, in head: RawSpan) -> FieldValue {
        trim(from: start, to: lineEnd(from: start, before: head.byteCount, in: head), in: head)
    }

    private static var lineBreak: Int { 2 }

    /// Takes spaces and tabs off both ends (RFC 9110 section 5.5).
    private static func trim(from start: Int, to end: Int, in head: RawSpan) -> FieldValue {
        var (start, end) = (start, end)
        while start < end, head[byte: start].isFieldSpace { start += 1 }
        while end > start, head[byte: end - 1].isFieldSpace { end -= 1 }
        return FieldValue(start: start, end: end)
    }

    /// The offset of the CR that ends the line; `end` when it goes on until there.
    private static func lineEnd(from start: Int, before end: Int, in head: RawSpan) -> Int {
        head.extracting(0..<end).firstIndex(of: UInt8(ascii: "\r"), from: start) ?? end
    }
}
