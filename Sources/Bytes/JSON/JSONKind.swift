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
