package import Bytes
package import Logging

/// One record as one line of bytes, its line break included.
///
/// Whatever the texts hold, the line stays one line and, in JSON, one object: control characters are escaped, and a
/// text is cut after 2,048 characters.
package struct LogLine {
    /// The names that a record has of its own; metadata under these names gets a `_` behind it.
    private static let ownNames: Set<String> = ["ts", "level", "msg"]
    private static let maximumCharacters = 2_048

    package private(set) var bytes: [UInt8] = []

    package init(
        _ message: String, level: Logger.Level, metadata: Logger.Metadata, at moment: Timestamp, format: LogFormat
    ) {
        let pairs = metadata.sorted { $0.key < $1.key }
        switch format {
        case .json: writeObject(message, level: level, pairs: pairs, at: moment)
        case .text: writeText(message, level: level, pairs: pairs, at: moment)
        }
        write("\n")
    }

    // MARK: JSON (RFC 8259)

    /// `{"ts":"2026-11-21T05:00:00.123Z","level":"info","msg":"listening","address":"127.0.0.1:4180"}`
    private mutating func writeObject(
        _ message: String, level: Logger.Level, pairs: [Logger.Metadata.Element], at moment: Timestamp
    ) {
        write("{\"ts\":\"\(moment.rfc3339)\",\"level\":\"\(level.rawValue)\",\"msg\":")
        writeString(message)
        for (name, value) in pairs {
            write(",")
            writeString(Self.ownNames.contains(name) ? name + "_" : name)
            write(":")
            writeValue(value)
        }
        write("}")
    }

    private mutating func writeValue(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): writeString(text)
        case .stringConvertible(let other): writeString(other.description)
        case .array(let values): writeList(values, from: "[", to: "]") { line, value in line.writeValue(value) }
        case .dictionary(let members):
            writeList(members.sorted { $0.key < $1.key }, from: "{", to: "}") { line, member in
                line.writeString(member.key)
                line.write(":")
                line.writeValue(member.value)
            }
        }
    }

    private mutating func writeList<Element>(
        _ elements: [Element], from opening: String, to closing: String, body: (inout LogLine, Element) -> Void
    ) {
        write(opening)
        for (index, element) in elements.enumerated() {
            if index > 0 { write(",") }
            body(&self, element)
        }
        write(closing)
    }

    private mutating func writeString(_ text: String) {
        write("\"")
        let scalars = text.unicodeScalars
        for scalar in scalars.prefix(Self.maximumCharacters) { writeScalar(scalar) }
        write(scalars.count > Self.maximumCharacters ? "…\"" : "\"")
    }

    private mutating func writeScalar(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": write("\\\"")
        case "\\": write("\\\\")
        case "\n": write("\\n")
        case "\r": write("\\r")
        case "\t": write("\\t")
        // C0, DEL and C1; and the two that JavaScript takes for line breaks.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            write("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: write(String(scalar))
        }
    }

    // MARK: Text

    /// `2026-11-21T05:00:00.123Z info listening address=127.0.0.1:4180`
    private mutating func writeText(
        _ message: String, level: Logger.Level, pairs: [Logger.Metadata.Element], at moment: Timestamp
    ) {
        write("\(moment.rfc3339) \(level.rawValue) ")
        writeWords(message)
        for (name, value) in pairs {
            write(" ")
            writePlain(name)
            write("=")
            writePlain("\(value)")
        }
    }

    /// A message as it is, or in quotes when something in it needs an escape.
    private mutating func writeWords(_ text: String) {
        writeUnquoted(text) { $0.isPrintable && $0 != UInt8(ascii: "\\") }
    }

    /// A name or a value as it is, or in quotes when it is not one word.
    private mutating func writePlain(_ text: String) {
        writeUnquoted(text) { $0.isVisible && !#""\="#.utf8.contains($0) }
    }

    private mutating func writeUnquoted(_ text: String, where isPlain: (UInt8) -> Bool) {
        let isShort = (1...Self.maximumCharacters).contains(text.utf8.count)
        isShort && text.utf8.allSatisfy(isPlain) ? write(text) : writeString(text)
    }

    private mutating func write(_ text: String) {
        bytes += text.utf8
    }
}

/// How log lines look.
package enum LogFormat: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case json
    /// For people.
    case text
}
