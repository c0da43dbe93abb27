import Bytes

/// `cnf`: whether the token is bound to a key whose possession its sender has to prove (RFC 7800 section 3.1).
enum ClaimedConfirmation {
    case absent
    /// Each member is one for which there is a proof: `jkt` (RFC 9449 section 6.1) and `x5t#S256` (RFC 8705 section 3.1).
    case known
    /// No object, an empty one, or one with another member, or with a thumbprint that is no text.
    case unknown

    /// Reads the value that comes next.
    init(reading reader: inout JSONReader) throws(JSONError) {
        var count = 0
        var areKnown = true
        if try reader.enterObject() {
            while let name = try reader.nextMember() {
                count += 1
                if try !Self.readMember(name, &reader) { areKnown = false }
            }
        }
        self = count > 0 && areKnown ? .known : .unknown
    }

    /// Whether it is a thumbprint of a known kind. Which one it is does not matter before there is something to compare.
    private static func readMember(
        _ name: borrowing JSONString, _ reader: inout JSONReader
    ) throws(JSONError) -> Bool {
        switch name {
        case "jkt", "x5t#S256":
            guard let thumbprint = try reader.readString() else { return false }
            return !thumbprint.isEmpty
        default: return false
        }
    }
}
