import Authentication
import Bytes
import ExtAuthz
import HTTP1

/// What an event loop reads `CheckRequest`s with and writes their answers with, again and again.
struct CheckFront {
    var reader = CheckReader()
    private var writer = CheckResponseWriter()
    private(set) var own: OwnNames
    /// Another number whenever the names are others.
    private(set) var version: UInt32 = 0

    init(own names: [String]) {
        own = OwnNames(names)
    }

    mutating func adopt(own names: [String]) {
        let next = OwnNames(names)
        guard next != own else { return }
        own = next
        version &+= 1
    }

    /// The answer in lines, as a message on the wire.
    mutating func response(to lines: [UInt8], spelled: [UInt8]) -> [UInt8] {
        CallFrame.bytes(of: writer.response(to: lines.span.bytes, own: own, spelled: spelled))
    }

    mutating func read(_ message: RawSpan, within bounds: ConnectionBounds) throws(CheckReader.Fault) {
        try reader.read(message, limit: bounds.headerBytes, lookingAt: bounds.further, own: own)
    }
}
