/// Reads one JSON text from left to right, value by value, without building anything (RFC 8259).
///
/// Strict: UTF-8 and escapes are checked in every string, also in those that nobody reads; nesting is bounded; names may
/// be required to be unique. A value that the caller does not read is skipped, and checked, when the reader goes on:
///
///     var reader = JSONReader(bytes, duplicateNames: .refused)
///     guard try reader.enterObject() else { … }           // the text is no object
///     while let name = try reader.nextMember() {
///         if name.equals("iss") { issuer = try reader.readString()?.copy() }   // nil: no string, so it is skipped
///     }
///     try reader.finish()
///
/// A loop over a container must run to its end, where `nextMember` gives nil or `nextElement` false.
package struct JSONReader: ~Copyable, ~Escapable {
    /// Whether an object may have two members of one name. Names are compared after their escapes are resolved.
    package enum DuplicateNames: Sendable {
        case allowed
        /// Refused in every object of the text.
        case refused
    }

    /// What becomes of a value that nobody reads and that is nested deeper than `maximumDepth`.
    package enum DeepValues: Sendable {
        case refused
        /// It is checked and passed over, however deep, without recursion. Names in it may come twice.
        case passedOver
    }

    /// How deep arrays and objects may be nested.
    package static let maximumDepth = 32

    /// Where in the grammar `position` is.
    enum Place {
        /// Before the first byte of a value.
        case value
        /// Behind `{` or `[`.
        case start
        /// Behind a value.
        case end
    }

    let bytes: RawSpan
    /// The offset of the byte to be read next; after an error, near what is wrong.
    package internal(set) var position = 0
    var place = Place.value
    /// For each open container, the offset behind its `{`, or 0 for an array. The first `depth` count.
    var containers = InlineArray<32, UInt32>(repeating: 0)
    var depth = 0
    /// Whether `names` is there, which its own large value tells by a call.
    private let refusesDuplicates: Bool
    /// Nil when duplicate names are allowed.
    private var names: JSONNames?
    private let deepValues: DeepValues

    @_lifetime(copy bytes)
    package init(
        _ bytes: RawSpan, duplicateNames: DuplicateNames = .allowed, deepValues: DeepValues = .refused
    ) {
        self.bytes = bytes
        self.deepValues = deepValues
        refusesDuplicates = duplicateNames == .refused
        if refusesDuplicates { names = JSONNames() }
        skipSpace()
    }

    /// The kind of the value that has not been read yet; nil when there is none, or a byte that starts no value.
    package var kind: JSONKind? {
        guard place == .value, position < bytes.byteCount else { return nil }
        return JSONKind(firstByte: bytes[byte: position])
    }

    /// Whether a value comes next that begins with this byte.
    @inline(__always)
    private func isBefore(_ byte: UInt8) -> Bool { place == .value && isAt(byte) }

    /// Goes into the object that comes next; false, and nothing is read, when the value is of another kind.
    package mutating func enterObject() throws(JSONError) -> Bool {
        guard isBefore(UInt8(ascii: "{")) else { return false }
        try enter(container: position + 1)
        return true
    }

    /// The name of the innermost object's next member, whose value is read next; nil at the object's end.
    @_lifetime(copy self)
    package mutating func nextMember() throws(JSONError) -> JSONString? {
        guard try goOn(inObject: true) else { return nil }
        let name = try scanName()
        if refusesDuplicates, names?.insert(name, inObject: Int(containers[depth - 1]), of: bytes) == false {
            throw .duplicateName
        }
        return name
    }

    /// Goes into the array that comes next; false, and nothing is read, when the value is of another kind.
    package mutating func enterArray() throws(JSONError) -> Bool {
        guard isBefore(UInt8(ascii: "[")) else { return false }
        try enter(container: 0)
        return true
    }

    /// Whether the innermost array has another element, which is read next; false at the array's end.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try goOn(inObject: false)
    }

    /// The string that comes next; nil, and nothing is read, when the value is of another kind.
    @_lifetime(copy self)
    package mutating func readString() throws(JSONError) -> JSONString? {
        guard isBefore(UInt8(ascii: "\"")) else { return nil }
        let string = try scanString()
        place = .end
        return string
    }

    /// The number that comes next; nil, and nothing is read, when the value is of another kind.
    @_lifetime(copy self)
    package mutating func readNumber() throws(JSONError) -> JSONNumber? {
        guard kind == .number else { return nil }
        let start = position
        try scanNumber()
        place = .end
        return JSONNumber(text: bytes.extracting(start..<position))
    }

    /// The boolean that comes next; nil, and nothing is read, when the value is of another kind.
    package mutating func readBoolean() throws(JSONError) -> Bool? {
        guard kind == .boolean else { return nil }
        let isTrue = bytes[byte: position] == UInt8(ascii: "t")
        try scanLiteral(isTrue ? "true" : "false")
        return isTrue
    }

    /// The array of strings that comes next; nil when the value is something else, or an element is.
    package mutating func readStrings() throws(JSONError) -> [[UInt8]]? {
        guard try enterArray() else { return nil }
        var strings: [[UInt8]] = []
        var areAll = true
        while try nextElement() {
            guard let string = try readString() else {
                areAll = false
                continue
            }
            if strings.isEmpty { strings.reserveCapacity(4) }
            strings.append(string.copy())
        }
        return areAll ? strings : nil
    }

    /// Passes over the value that comes next, checking all of it.
    package mutating func skipValue() throws(JSONError) {
        switch kind {
        case .object where deepValues == .passedOver, .array where deepValues == .passedOver: try skipContainers()
        case .object:
            try enter(container: position + 1)
            while try nextMember() != nil {}
        case .array:
            try enter(container: 0)
            while try nextElement() {}
        case .string: _ = try readString()
        case .number: _ = try readNumber()
        case .boolean: _ = try readBoolean()
        case .null: try scanLiteral("null")
        case nil: throw place != .value ? .outOfPlace : position < bytes.byteCount ? .unexpectedByte : .unexpectedEnd
        }
    }

    /// Passes over the value that comes next, checking all of it; gives the place of its text in the bytes.
    package mutating func readRawValue() throws(JSONError) -> Range<Int> {
        let start = position
        try skipValue()
        return start..<position
    }

    /// Passes over the value that comes next, unless it was read.
    package mutating func skipUnread() throws(JSONError) {
        if place == .value { try skipValue() }
    }

    /// Checks that the text ends here but for white space; a value that nobody has read is skipped.
    package mutating func finish() throws(JSONError) {
        try skipUnread()
        guard depth == 0 else { throw .outOfPlace }
        skipSpace()
        guard position == bytes.byteCount else { throw .trailingBytes }
    }
}

/// What sort of value comes next, as its first byte tells.
package enum JSONKind: UInt8, CaseIterable, Sendable {
    case object
    case array
    case string
    case number
    case boolean
    case null

    /// The kind of value that starts with this byte, or nil.
    init?(firstByte: UInt8) {
        switch firstByte {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "\""): self = .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
        case UInt8(ascii: "n"): self = .null
        default: return nil
        }
    }
}

/// Why bytes are not the JSON that they should be (RFC 8259), one case per check. Never says the bytes.
package enum JSONError: UInt8, CaseIterable, Error, Sendable {
    /// The text ends in the middle of a value.
    case unexpectedEnd
    /// A byte stands where the grammar has no place for it.
    case unexpectedByte
    /// A number is not as the grammar writes it.
    case badNumber
    /// A string holds a control character that is not escaped.
    case controlCharacter
    /// A string holds a backslash that starts no escape.
    case badEscape
    /// A string escapes half of a surrogate pair without the other half.
    case loneSurrogate
    /// A string is not UTF-8.
    case badUTF8
    /// Arrays and objects are nested deeper than the reader's bound.
    case tooDeep
    /// An object has two members of one name.
    case duplicateName
    /// Something other than white space follows the value.
    case trailingBytes
    /// The caller went on with a container that is not the innermost open one.
    case outOfPlace
}
