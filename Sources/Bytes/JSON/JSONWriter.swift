/// Writes JSON (RFC 8259) without spaces, one value after another; who writes says where commas and colons stand.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Adds text that is JSON as it stands.
    package mutating func append(_ text: StaticString) { bytes.append(copying: text.rawSpan) }

    package mutating func append(_ number: Int64) { bytes.append(contentsOf: "\(number)".utf8) }

    /// Adds a number to the millionth; `null` for what is no number in JSON.
    package mutating func append(decimal number: Double) {
        guard number.isFinite else { return append("null") }
        let rounded = (number * 1_000_000).rounded() / 1_000_000
        bytes.append(contentsOf: "\(rounded.isFinite ? rounded : number)".utf8)
    }

    /// Adds a string.
    ///
    /// - Parameter text: UTF-8.
    package mutating func append(string text: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                append("\\u00")
                bytes.append(Self.digit(byte >> 4))
                bytes.append(Self.digit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds an array of strings.
    package mutating func append(strings items: [[UInt8]]) {
        append("[")
        for (index, item) in items.enumerated() {
            if index > 0 { append(",") }
            append(string: item)
        }
        append("]")
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
