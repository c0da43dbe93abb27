/// The fields of a response, in order, apart from any wire: who adds a value vouches that it can stand in a field.
package struct ResponseFields: Sendable {
    private struct Field {
        /// Where its name begins in `bytes`.
        let name: Int
        /// Where its name ends, and its value begins; that ends where the next field begins.
        let value: Int
    }

    private var fields: [Field] = []
    /// All names and values, one behind the other.
    private var bytes: [UInt8] = []

    package init() {
        fields.reserveCapacity(8)
        bytes.reserveCapacity(448)
    }

    package var count: Int { fields.count }

    /// How long the value of the last field is so far.
    package var lastLength: Int { fields.last.map { bytes.count - $0.value } ?? 0 }

    /// Adds a field whose value is what is appended until the next one.
    package mutating func add(_ name: StaticString) {
        let start = bytes.count
        bytes.append(copying: name.rawSpan)
        fields.append(Field(name: start, value: bytes.count))
    }

    /// Adds a field whose name the configuration has.
    package mutating func add(_ name: String) {
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        fields.append(Field(name: start, value: bytes.count))
    }

    package mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    package mutating func append(_ byte: UInt8) { bytes.append(byte) }

    package mutating func append(_ text: StaticString) { bytes.append(copying: text.rawSpan) }

    package mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    @_lifetime(borrow self)
    package func name(at index: Int) -> RawSpan {
        bytes.span.bytes.extracting(fields[index].name..<fields[index].value)
    }

    @_lifetime(borrow self)
    package func value(at index: Int) -> RawSpan {
        let end = index + 1 < fields.count ? fields[index + 1].name : bytes.count
        return bytes.span.bytes.extracting(fields[index].value..<end)
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

    func render(_ status: ResponseStatus, fields: ResponseFields) -> [UInt8]

    /// Fields alone, which are sent behind those of an answer that was rendered before.
    func render(added fields: ResponseFields) -> [UInt8]

    /// The values of fields in an answer that was rendered, in the order of their names; an absent one is empty.
    func values(of names: [String], in answer: [UInt8]) -> [[UInt8]]
}
