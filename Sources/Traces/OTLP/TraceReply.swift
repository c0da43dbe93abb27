import Bytes

/// What a collector answered that took spans: an `ExportTraceServiceResponse`.
package enum TraceReply {
    /// How many of the spans the collector did not keep; zero where it says nothing that can be read.
    package static func rejectedSpans(in message: [UInt8]) -> Int {
        let bytes = message.span.bytes
        guard case .bytes(let partial) = last(1, in: bytes, at: 0..<bytes.byteCount),
            case .varint(let count) = last(1, in: bytes, at: partial)
        else { return 0 }
        // It is signed; what is below zero says nothing.
        return max(0, Int(Int64(bitPattern: count)))
    }

    /// The last field with a number, as messages are read; nil when there is none, or what stands there is no message.
    private static func last(_ number: UInt64, in bytes: RawSpan, at place: Range<Int>) -> MessageReader.Value? {
        var (reader, found) = (MessageReader(at: place), nil as MessageReader.Value?)
        do throws(MalformedMessage) {
            while let field = try reader.next(in: bytes) {
                if field.number == number { found = field.value }
            }
            return found
        } catch {
            return nil
        }
    }
}
