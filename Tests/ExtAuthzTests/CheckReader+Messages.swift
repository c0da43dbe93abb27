import Bytes
import ExtAuthz
import HTTP1

extension CheckReader {
    /// Reads a message as an event loop does, without what configurations add.
    mutating func read(_ message: [UInt8], limit: Int = 64 << 10, own: [String] = []) throws(Fault) {
        try read(message.span.bytes, limit: limit, lookingAt: FurtherFields(), own: OwnNames(own))
    }

    var lines: String { String(decoding: fields.bytes, as: UTF8.self) }
}
