import Bytes

/// A whole JSON text as a tree, so that it can be compared and written anew.
indirect enum JSONTree: Equatable {
    case object([(name: [UInt8], value: JSONTree)])
    case array([JSONTree])
    case string([UInt8])
    /// Its text.
    case number([UInt8])
    case boolean(Bool)
    case null

    init(_ bytes: RawSpan, duplicateNames: JSONReader.DuplicateNames) throws(JSONError) {
        var reader = JSONReader(bytes, duplicateNames: duplicateNames)
        self = try Self.read(&reader)
        try reader.finish()
    }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> JSONTree {
        if try reader.enterObject() {
            var members: [(name: [UInt8], value: JSONTree)] = []
            while let name = try reader.nextMember() {
                let name = name.copy()
                members.append((name, try read(&reader)))
            }
            return .object(members)
        }
        if try reader.enterArray() {
            var elements: [JSONTree] = []
            while try reader.nextElement() { elements.append(try read(&reader)) }
            return .array(elements)
        }
        if let string = try reader.readString() { return .string(string.copy()) }
        if let number = try reader.readNumber() {
            _ = (number.timestamp, number.int64, number.double)
            return .number([UInt8](copying: number.text))
        }
        if let boolean = try reader.readBoolean() { return .boolean(boolean) }
        try reader.skipValue()
        return .null
    }

    /// The tree as JSON without white space.
    var text: [UInt8] {
        switch self {
        case .object(let members):
            list(members.map { Self.quoted($0.name) + [UInt8(ascii: ":")] + $0.value.text }, "{", "}")
        case .array(let elements): list(elements.map(\.text), "[", "]")
        case .string(let string): Self.quoted(string)
        case .number(let text): text
        case .boolean(let boolean): Array((boolean ? "true" : "false").utf8)
        case .null: Array("null".utf8)
        }
    }

    private func list(_ items: [[UInt8]], _ opening: String, _ closing: String) -> [UInt8] {
        Array(opening.utf8) + items.joined(separator: Array(",".utf8)) + Array(closing.utf8)
    }

    private static func quoted(_ string: [UInt8]) -> [UInt8] {
        let escaped = string.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                Array(#"\u00"#.utf8) + Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
            default: [byte]
            }
        }
        return [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]
    }

    static func == (left: JSONTree, right: JSONTree) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.elementsEqual(right) { $0.name == $1.name && $0.value == $1.value }
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)), (.number(let left), .number(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }
}
