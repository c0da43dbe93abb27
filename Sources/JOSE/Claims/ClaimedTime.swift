import Bytes

/// A claim that should be a NumericDate (RFC 7519 section 2): a number, with or without fraction and exponent.
enum ClaimedTime {
    case absent
    /// Something else than a number; a string of digits, too.
    case malformed
    case at(Timestamp)

    /// Reads the value that comes next.
    init(reading reader: inout JSONReader) throws(JSONError) {
        if let number = try reader.readNumber() {
            self = .at(number.timestamp)
        } else {
            self = .malformed
        }
    }
}
