import Bytes

/// Reads the values of a record's members, and remembers the first thing that is wrong with one of them.
///
/// `null` counts as absent: that is how Authgear writes an empty list and an unset pointer.
struct RecordValues {
    /// The first member that is not what it should be.
    private(set) var problem: RecordError?

    /// Goes into the object that comes next; false when there is none.
    mutating func enterObject(from json: inout JSONReader) throws(JSONError) -> Bool {
        if try json.enterObject() { return true }
        note(.wrongType, unlessNull: json.kind)
        return false
    }

    /// Goes into the array that comes next; false when there is none.
    mutating func enterArray(from json: inout JSONReader) throws(JSONError) -> Bool {
        if try json.enterArray() { return true }
        note(.wrongType, unlessNull: json.kind)
        return false
    }

    mutating func string(from json: inout JSONReader) throws(JSONError) -> [UInt8]? {
        if let string = try json.readString() { return string.copy() }
        note(.wrongType, unlessNull: json.kind)
        return nil
    }

    /// Whether a string is the one that it should be; nil when there is none.
    mutating func string(from json: inout JSONReader, equals wanted: RawSpan) throws(JSONError) -> Bool? {
        if let string = try json.readString() { return string.equals(wanted) }
        note(.wrongType, unlessNull: json.kind)
        return nil
    }

    mutating func boolean(from json: inout JSONReader) throws(JSONError) -> Bool? {
        if let boolean = try json.readBoolean() { return boolean }
        note(.wrongType, unlessNull: json.kind)
        return nil
    }

    mutating func strings(from json: inout JSONReader) throws(JSONError) -> [[UInt8]]? {
        if let strings = try json.readStrings() { return strings }
        note(.wrongType, unlessNull: json.kind)
        return nil
    }

    /// Whether an array of strings holds one.
    mutating func strings(from json: inout JSONReader, hold wanted: StaticString) throws(JSONError) -> Bool {
        guard try enterArray(from: &json) else { return false }
        var isHeld = false
        while try json.nextElement() {
            guard let string = try json.readString() else {
                note(.wrongType)
                continue
            }
            if string.equals(wanted) { isHeld = true }
        }
        return isHeld
    }

    /// A time; nil when it is unset (`0001-01-01T00:00:00Z`).
    mutating func time(from json: inout JSONReader) throws(JSONError) -> Timestamp? {
        guard let text = try json.readString() else {
            note(.wrongType, unlessNull: json.kind)
            return nil
        }
        guard let time = text.withBytes(Timestamp.init(rfc3339:)) else {
            note(.badTime)
            return nil
        }
        return time == .unset ? nil : time
    }

    private mutating func note(_ error: RecordError, unlessNull kind: JSONKind?) {
        if kind != .null { note(error) }
    }

    private mutating func note(_ error: RecordError) {
        problem = problem ?? error
    }
}

extension Timestamp {
    /// `0001-01-01T00:00:00Z`, Go's zero time.
    fileprivate static let unset = Timestamp(seconds: -62_135_596_800)
}

extension JSONString {
    /// Whether it is a member's name. Most that are not have another length, and are told apart here, without a call.
    @inline(__always)
    func matches(_ name: StaticString) -> Bool {
        (hasEscapes || range.count == name.utf8CodeUnitCount) && equals(name)
    }
}
