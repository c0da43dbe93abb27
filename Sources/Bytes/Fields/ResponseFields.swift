/// The fields of a response, in order, apart from any wire: who adds a value vouches that it can stand in a field.
package struct ResponseFields: Sendable {
    private struct Field {
        let name: StaticString
        /// Where its value begins in `values`; it ends where the next one begins.
        let start: Int
    }

    private var fields: [Field] = []
    /// All values, one behind the other.
    private var values: [UInt8] = []

    package init() {
        fields.reserveCapacity(8)
        values.reserveCapacity(192)
    }

    package var count: Int { fields.count }

    /// How long the value of the last field is so far.
    package var lastLength: Int { fields.last.map { values.count - $0.start } ?? 0 }

    /// Adds a field whose value is what is appended until the next one.
    package mutating func add(_ name: StaticString) {
        fields.append(Field(name: name, start: values.count))
    }

    package mutating func append(_ bytes: [UInt8]) { values.append(contentsOf: bytes) }

    package mutating func append(_ byte: UInt8) { values.append(byte) }

    package mutating func append(_ text: StaticString) { values.append(copying: text.rawSpan) }

    package mutating func append(_ text: String) { values.append(contentsOf: text.utf8) }

    package func name(at index: Int) -> StaticString { fields[index].name }

    @_lifetime(borrow self)
    package func value(at index: Int) -> RawSpan {
        let end = index + 1 < fields.count ? fields[index + 1].start : values.count
        return values.span.bytes.extracting(fields[index].start..<end)
    }
}

/// The statuses of answers (contract section 3).
package enum ResponseStatus: UInt16, CaseIterable, Sendable {
    case ok = 200
    case unauthorized = 401
    case serviceUnavailable = 503
}

/// What a front makes of a status and of fields: an answer in the bytes of its protocol, but for what depends on the
/// connection. Asked for once for each answer that is made; what is given again is kept in bytes.
package protocol ResponseRenderer: Sendable {
    /// How long an answer may be, in bytes, with what the connection adds.
    var maximumLength: Int { get }
    /// How many bytes of it are for what the connection adds.
    var reservedLength: Int { get }

    func render(_ status: ResponseStatus, fields: ResponseFields) -> [UInt8]

    /// The values of fields in an answer that was rendered, in the order of their names; an absent one is empty.
    func values(of names: [String], in answer: [UInt8]) -> [[UInt8]]
}
