import Bytes

/// A JSON value that is to be written.
package indirect enum JSONTree: Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case integer(Int)
    case text(String)
    case list([JSONTree])
    /// In the order in which they are written.
    case object(KeyValuePairs<String, JSONTree>)
    /// The same, with names that stand nowhere in the sources.
    case dictionary([(name: String, value: JSONTree)])

    /// RFC 8259, without spaces.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.append("null")
        case .flag(let flag): flag ? writer.append("true") : writer.append("false")
        case .integer(let number): writer.append(Int64(number))
        case .number(let number): writer.append(decimal: number)
        case .text(let text): writer.append(string: text.utf8)
        case .list(let items):
            Self.write(items, from: "[", to: "]", in: &writer) { item, writer in item.write(to: &writer) }
        case .object(let members): Self.write(members.map { (name: $0, value: $1) }, to: &writer)
        case .dictionary(let members): Self.write(members, to: &writer)
        }
    }

    private static func write(_ members: [(name: String, value: JSONTree)], to writer: inout JSONWriter) {
        write(members, from: "{", to: "}", in: &writer) { member, writer in
            writer.append(string: member.name.utf8)
            writer.append(":")
            member.value.write(to: &writer)
        }
    }

    private static func write<Item>(
        _ items: [Item], from opening: StaticString, to closing: StaticString, in writer: inout JSONWriter,
        each: (Item, inout JSONWriter) -> Void
    ) {
        writer.append(opening)
        for (index, item) in items.enumerated() {
            if index > 0 { writer.append(",") }
            each(item, &writer)
        }
        writer.append(closing)
    }
}

extension JSONTree {
    /// `null` where there is none; so for the others.
    static func optional(_ number: Double?) -> JSONTree { number.map { .number($0) } ?? .null }
    static func optional(_ number: Int?) -> JSONTree { number.map { .integer($0) } ?? .null }
    static func optional(_ text: String?) -> JSONTree { text.map { .text($0) } ?? .null }
    static func optional(_ span: Duration?) -> JSONTree { span.map { .number($0 / .seconds(1)) } ?? .null }
}
