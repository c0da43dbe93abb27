import Bytes

/// A whole JSON text as a tree, read through `JSONReader`'s own verbs, to compare it with what another reader makes of it.
enum JSONValue: Equatable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    /// - Parameter bytes: the whole text.
    init(_ bytes: [UInt8], duplicateNames: JSONReader.DuplicateNames = .refused) throws(JSONError) {
        var reader = JSONReader(bytes.span.bytes, duplicateNames: duplicateNames)
        self = try Self.read(&reader)
        try reader.finish()
    }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> JSONValue {
        switch reader.kind {
        case .object: return try readObject(&reader)
        case .array: return try readArray(&reader)
        case .string: if let string = try reader.readString() { return .string(text(string)) }
        case .number: if let number = try reader.readNumber() { return .number(number.double) }
        case .boolean: if let boolean = try reader.readBoolean() { return .boolean(boolean) }
        case .null, nil: break
        }
        try reader.skipValue()
        return .null
    }

    private static func readObject(_ reader: inout JSONReader) throws(JSONError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        guard try reader.enterObject() else { return .null }
        while let name = try reader.nextMember() {
            let name = text(name)
            members[name] = try read(&reader)
        }
        return .object(members)
    }

    private static func readArray(_ reader: inout JSONReader) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        guard try reader.enterArray() else { return .null }
        while try reader.nextElement() { elements.append(try read(&reader)) }
        return .array(elements)
    }

    private static func text(_ string: borrowing JSONString) -> String {
        String(decoding: string.copy(), as: UTF8.self)
    }
}
