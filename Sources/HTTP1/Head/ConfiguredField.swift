import Bytes

/// The name of a field that is looked at because the configuration says so: in place, so that who passes it on counts no
/// reference.
package struct ConfiguredField: Sendable {
    /// Zero: there is no such field.
    let length: Int
    private let letters: InlineArray<64, UInt8>

    /// No field.
    package static let none = ConfiguredField("")

    /// - Parameter name: at most 64 bytes, in lower case; a longer one is none.
    package init(_ name: String) {
        let name = Array(name.utf8)
        length = name.count <= 64 ? name.count : 0
        letters = InlineArray { $0 < name.count ? name[$0] : 0 }
    }

    /// Whether a name of the right length is this one, in any case.
    func matches(_ bytes: RawSpan, at start: Int) -> Bool {
        for offset in 0..<length where bytes[byte: start + offset].lowercased != letters[offset] { return false }
        return true
    }
}
