import Bytes

/// Finds `attributes.request.http` in a `CheckRequest`, each time that it comes. Writers make one; what comes more than once is merged
/// (Protocol Buffers, "Last One Wins"): it counts as one message with the fields of all, in their order.
struct ClientRequests {
    private enum Number {
        static let attributes: UInt64 = 1
        static let request: UInt64 = 4
        static let http: UInt64 = 2
        static let extensions: UInt64 = 10
    }

    private var message: MessageReader
    private var attributes = MessageReader(at: 0..<0)
    private var request = MessageReader(at: 0..<0)

    init(in message: RawSpan) {
        self.message = MessageReader(at: 0..<message.byteCount)
    }

    /// Where the next one stands; nil behind the last. What stands between them has been read as messages then, too.
    mutating func next(in bytes: RawSpan) throws(MalformedMessage) -> Range<Int>? {
        while true {
            if let http = try request.next(Number.http, in: bytes) { return http }
            if let place = try attributes.next(Number.request, in: bytes) {
                request = MessageReader(at: place)
                continue
            }
            guard let place = try message.next(Number.attributes, in: bytes) else { return nil }
            attributes = MessageReader(at: place)
        }
    }

    /// Where the next entry of `attributes.context_extensions` stands; nil behind the last.
    mutating func nextExtension(in bytes: RawSpan) throws(MalformedMessage) -> Range<Int>? {
        while true {
            if let entry = try attributes.next(Number.extensions, in: bytes) { return entry }
            guard let place = try message.next(Number.attributes, in: bytes) else { return nil }
            attributes = MessageReader(at: place)
        }
    }
}
