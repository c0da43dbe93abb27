/// The fields of a response, in order: who adds a value vouches that it can stand in a field.
///
/// They are kept as the field lines of HTTP/1 (RFC 9112 section 5), each behind a line break, for that is what most fronts send:
/// to render them is to put the status line in front.
@usableFromInline
package struct ResponseFields: Sendable {
    /// CR, LF, a name, a colon, a space and a value for each field.
    @usableFromInline
    package internal(set) var lines: [UInt8] = []
    /// Where the name of the last field begins, and where its value does.
    @usableFromInline
    package internal(set) var (lastName, lastValue) = (0, 0)

    package init() {
        // With what stands before them (`lines(behind:)`).
        lines.reserveCapacity(384)
    }

    /// The lines behind a first one, in the same memory where nobody else has the fields.
    package consuming func lines(behind first: StaticString) -> [UInt8] {
        first.withUTF8Buffer { unsafe lines.insert(contentsOf: $0, at: 0) }
        return lines
    }

    /// How long the value of the last field is so far.
    @inlinable
    package var lastLength: Int { lines.count - lastValue }

    /// Adds a field whose value is what is appended until the next one.
    @inlinable
    package mutating func add(_ name: StaticString) {
        beginLine()
        lines.append(copying: name.rawSpan)
        beginValue()
    }

    /// The same, under a name that is added again and again.
    @inlinable
    package mutating func add(_ name: FieldName) {
        lastName = lines.count + FieldName.lineBreakLength
        lines.append(contentsOf: name.beginning)
        lastValue = lines.count
    }

    /// Adds a field that says true or false.
    @inlinable
    package mutating func add(_ name: FlagName, _ value: Bool) {
        lastName = lines.count + FieldName.lineBreakLength
        lines.append(contentsOf: value ? name.whenTrue : name.whenFalse)
        lastValue = lines.count - (value ? 4 : 5)
    }

    /// Adds a field whose name the configuration has.
    package mutating func add(_ name: String) {
        beginLine()
        lines.append(contentsOf: name.utf8)
        beginValue()
    }

    @inlinable
    mutating func beginLine() {
        lines.append(UInt8(ascii: "\r"))
        lines.append(UInt8(ascii: "\n"))
        lastName = lines.count
    }

    @inlinable
    mutating func beginValue() {
        lines.append(UInt8(ascii: ":"))
        lines.append(UInt8(ascii: " "))
        lastValue = lines.count
    }

    /// Whether there is a field of a name, byte for byte.
    package func has(_ name: String) -> Bool {
        let beginning = Array("\r\n\(name): ".utf8)
        return lines.indices.contains { lines[$0...].starts(with: beginning) }
    }

    @inlinable
    package mutating func append(_ more: [UInt8]) { lines.append(contentsOf: more) }

    @inlinable
    package mutating func append(_ byte: UInt8) { lines.append(byte) }

    @inlinable
    package mutating func append(_ text: StaticString) { lines.append(copying: text.rawSpan) }

    package mutating func append(_ text: String) { lines.append(contentsOf: text.utf8) }

    /// Appends a number in decimal digits.
    package mutating func append(_ number: Int64) {
        if number < 0 { lines.append(UInt8(ascii: "-")) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var (first, rest) = (digits.count, number.magnitude)
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        lines.append(copying: digits.span.bytes.extracting(first...))
    }
}

/// A field's name that is kept as the beginning of its line, so that to add it is one copy.
@usableFromInline
package struct FieldName: Sendable {
    /// CR, LF, the name, a colon and a space.
    @usableFromInline
    let beginning: [UInt8]

    @usableFromInline
    static var lineBreakLength: Int { 2 }

    package init(_ name: String) { beginning = Array("\r\n\(name): ".utf8) }
}

/// The name of a field that says true or false, kept as its two lines.
@usableFromInline
package struct FlagName: Sendable {
    @usableFromInline
    let (whenTrue, whenFalse): ([UInt8], [UInt8])

    package init(_ name: String) {
        (whenTrue, whenFalse) = (Array("\r\n\(name): true".utf8), Array("\r\n\(name): false".utf8))
    }
}

/// The statuses of answers (contract section 3).
package enum ResponseStatus: UInt16, CaseIterable, Sendable {
    case ok = 200
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case serviceUnavailable = 503
}

/// What a front makes of a status and of fields: an answer in the bytes of its protocol, but for what depends on the
/// connection. Asked for once for each answer that is made; what is given again is kept in bytes.
package protocol ResponseRenderer: Sendable {
    /// How long an answer may be, in bytes, with what the connection adds.
    var maximumLength: Int { get }
    /// How many bytes of it are for what the connection adds.
    var reservedLength: Int { get }

    func render(_ status: ResponseStatus, fields: consuming ResponseFields) -> [UInt8]

    /// Fields alone, which are sent behind those of an answer that was rendered before.
    func render(added fields: ResponseFields) -> [UInt8]

    /// The values of fields in an answer that was rendered, in the order of their names; nil where there is no such field.
    func values(of names: [String], in answer: [UInt8]) -> [[UInt8]?]
}
