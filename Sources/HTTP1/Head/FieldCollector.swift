import Bytes

/// Gathers a request's fields one by one, as wires without lines give them (header lists of HTTP/2, headers within a
/// `CheckRequest`), into what `HeadParser` makes of a head: the same facts by the same rules.
///
/// What is looked at is copied as a field line, for that is the form that places in a head are understood in
/// (`CookieFields`); all else is dropped. A request of the usual size allocates nothing once the collector is warm.
package struct FieldCollector: Sendable {
    /// The lines that places are of, behind an empty one.
    package private(set) var bytes: [UInt8] = []
    /// What is known so far. Whole when `finish` has returned.
    package private(set) var head = RequestHead()
    private var method = 0..<0
    private var target = 0..<0

    /// More storage than this is given back when the next request begins.
    private static let keptCapacity = 8 << 10

    package init() {}

    /// Forgets the last request.
    package mutating func begin() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
        // In place of a request line, so that all others are fields.
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
        head = RequestHead()
        (method, target) = (0..<0, 0..<0)
    }

    /// Whether a field of this name says anything that is kept.
    package static func looks(at name: RawSpan, _ further: FurtherFields) -> Bool {
        FieldName(name, at: 0, length: name.byteCount) != .other
            || further.field(name, at: 0, length: name.byteCount) != nil
    }

    package mutating func set(method: RawSpan) { self.method = line(":method", method).range }

    /// Takes the target in origin form: a path and perhaps a query.
    package mutating func set(target: RawSpan) { self.target = line(":path", target).range }

    /// Adds a field whose value is known to have no control bytes but tabs.
    ///
    /// - Parameters:
    ///   - name: a token, in any case of letters.
    ///   - further: which fields are looked at beside those of every request.
    package mutating func add(
        name: RawSpan, value: RawSpan, lookingAt further: FurtherFields
    ) throws(HeadError) {
        switch FieldName(name, at: 0, length: name.byteCount) {
        case .cookie: head.fields.append(cookie: line(name, value))
        case .authorization:
            guard head.fields.authorization == nil else { throw .authorizationRepeated }
            head.fields.authorization = line(name, value)
        case .userAgent: head.fields.userAgent = line(name, value)
        case .forwardedFor: head.fields.forwardedFor = line(name, value)
        case .expect: head.expectsContinue = head.expectsContinue || value.equalsIgnoringCase("100-continue")
        // What frames a message is the wire's own matter.
        case .host, .connection, .contentLength, .transferEncoding, .further: break
        case .other:
            guard let field = further.field(name, at: 0, length: name.byteCount) else {
                if further.namesCount { _ = line(name, RawSpan()) }
                return
            }
            let place = line(name, value)
            var read = head
            FieldFacts.read(field, in: bytes.span.bytes, at: place.range, into: &read)
            head = read
        }
    }

    /// The same of a name and a value that nobody has looked at yet, and nothing where they say nothing that is kept.
    package mutating func add(
        name: RawSpan, unchecked value: RawSpan, lookingAt further: FurtherFields
    ) throws(HeadError) {
        guard Self.looks(at: name, further) else { return }
        var offset = ByteScan.control(in: value, from: 0)
        while offset < value.byteCount {
            guard value[byte: offset] == UInt8(ascii: "\t") else { throw .badFieldValue }
            offset = ByteScan.control(in: value, from: offset + 1)
        }
        try add(name: name, value: value, lookingAt: further)
    }

    /// Takes the request line of a front whose own target is not the question.
    package mutating func takeOriginal(lookingAt further: FurtherFields) {
        guard further.source != .none else { return }
        head.takeOriginal(method: method, target: target)
    }

    /// Judges the request as a whole: by its target, whose route it is.
    package mutating func finish(lookingAt further: FurtherFields) throws(HeadError) {
        guard !target.isEmpty, !method.isEmpty else { throw .badRequestLine }
        var read = head
        try read.readTarget(in: bytes.span.bytes, method: method, at: target)
        try FieldFacts.checkRepeated(read.fields)
        if further.source == .envoy { read.takeOriginal(in: bytes.span.bytes) }
        read.length = bytes.count
        head = read
    }

    /// Judges the fields of a request that no target of ours stands in.
    package func checkFields() throws(HeadError) {
        try FieldFacts.checkRepeated(head.fields)
    }

    /// Copies a field as a line; gives the place of its value, without white space around it.
    private mutating func line(_ name: RawSpan, _ value: RawSpan) -> FieldValue {
        bytes.append(copying: name)
        bytes.append(UInt8(ascii: ":"))
        let start = bytes.count
        bytes.append(copying: value)
        let place = FieldFacts.trim(in: bytes.span.bytes, at: start..<bytes.count)
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
        return FieldValue(start: place.lowerBound, end: place.upperBound)
    }

    private mutating func line(_ name: StaticString, _ value: RawSpan) -> FieldValue { line(name.rawSpan, value) }
}
