import Bytes

/// A message on the wire of gRPC: a byte that says whether it is compressed, its length, its bytes.
package enum CallFrame {
    static let prefixLength = 5

    /// Why a call's body is not one message.
    package enum Fault: Error {
        /// It is compressed, which was not offered.
        case compressed
        /// There is none, more than one, or a part of one.
        case notOne
    }

    /// Where the one message of a body stands.
    package static func message(in body: RawSpan) throws(Fault) -> Range<Int> {
        guard body.byteCount >= prefixLength else { throw .notOne }
        guard body[byte: 0] == 0 else { throw body[byte: 0] == 1 ? .compressed : .notOne }
        let length = (1..<prefixLength).reduce(0) { $0 << 8 | Int(body[byte: $1]) }
        guard length == body.byteCount - prefixLength else { throw .notOne }
        return prefixLength..<body.byteCount
    }

    /// A message with what stands before it.
    package static func bytes(of message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + prefixLength)
        bytes.append(0)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: message.count >> shift)) }
        bytes.append(contentsOf: message)
        return bytes
    }
}
