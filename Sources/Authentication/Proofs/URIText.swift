import Bytes

/// The parts of a URI that name a resource, as they are written: `scheme://authority/path` (RFC 3986 section 3).
struct URIText: ~Escapable {
    let scheme: RawSpan
    let authority: RawSpan
    /// Without query and fragment.
    let path: RawSpan

    /// Nil when it has no scheme and authority.
    @_lifetime(copy text)
    init?(_ text: RawSpan) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon + 2 < text.byteCount,
            text[byte: colon + 1] == UInt8(ascii: "/"), text[byte: colon + 2] == UInt8(ascii: "/")
        else { return nil }
        let start = colon + 3
        var end = start
        while end < text.byteCount, !Self.endsAuthority(text[byte: end]) { end += 1 }
        var pathEnd = end
        while pathEnd < text.byteCount, !Self.endsPath(text[byte: pathEnd]) { pathEnd += 1 }
        scheme = text.extracting(0..<colon)
        authority = text.extracting(start..<end)
        path = text.extracting(end..<pathEnd)
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || endsPath(byte) }
    private static func endsPath(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") }

    /// The path of a request's target (RFC 9112 section 3.2.1). Such a target has no fragment: a `#` stands in no path.
    @_lifetime(copy target)
    static func path(ofTarget target: RawSpan) -> RawSpan {
        target.extracting(0..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.byteCount))
    }

    /// A character of a URI, in its one form (RFC 3986 section 6.2.2).
    enum Character: Equatable {
        /// It stands for itself; one that need not be encoded is always this.
        case plain(UInt8)
        /// It has to be encoded.
        case encoded(UInt8)
    }

    /// Reads a character, and moves behind it; nil for what stands in no path (RFC 3986 section 3.3).
    static func next(in text: RawSpan, at position: inout Int) -> Character? {
        let byte = text[byte: position]
        guard byte == UInt8(ascii: "%") else {
            position += 1
            return isOfPath(byte) ? .plain(byte) : nil
        }
        guard position + 2 < text.byteCount, let high = text[byte: position + 1].hexDigitValue,
            let low = text[byte: position + 2].hexDigitValue
        else { return nil }
        position += 3
        let value = high << 4 | low
        return value.isUnreserved ? .plain(value) : .encoded(value)
    }

    /// `pchar` without the encoded ones, and `/`.
    private static func isOfPath(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: byte.isUnreserved
        }
    }

    /// Whether both are the same path, `/` for an empty one. False when there is a segment `.` or `..` in it, or what stands in no path.
    static func isSamePath(_ one: RawSpan, _ other: RawSpan) -> Bool {
        var (ones, others) = (Normalized(one), Normalized(other))
        while true {
            switch (ones.next(), others.next()) {
            case (.character(let one), .character(let other)) where one == other: continue
            case (.end, .end): return true
            default: return false
            }
        }
    }

    /// A path's characters, one after another.
    private struct Normalized: ~Escapable {
        enum Element: Equatable {
            case character(Character)
            case end
            /// From here on it is no path.
            case nothing
        }

        private let text: RawSpan
        private var position = 0
        private var hasBegun = false
        /// How many characters the segment has so far, and whether all are dots.
        private var (length, isDots) = (0, true)

        @_lifetime(copy text)
        init(_ text: RawSpan) { self.text = text }

        mutating func next() -> Element {
            guard position < text.byteCount else {
                guard hasBegun else {
                    hasBegun = true
                    return .character(.plain(UInt8(ascii: "/")))
                }
                return isDotSegment ? .nothing : .end
            }
            guard let character = URIText.next(in: text, at: &position) else { return .nothing }
            let isSlash = character == .plain(UInt8(ascii: "/"))
            guard hasBegun || isSlash else { return .nothing }
            hasBegun = true
            if isSlash {
                guard !isDotSegment else { return .nothing }
                (length, isDots) = (0, true)
            } else {
                length += 1
                isDots = isDots && character == .plain(UInt8(ascii: "."))
            }
            return .character(character)
        }

        private var isDotSegment: Bool { isDots && (length == 1 || length == 2) }
    }
}
