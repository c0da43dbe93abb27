import Authentication
import Bytes
import HTTP1
import Worker

/// A request as the listener hands it to the resolver.
struct Request {
    let request: ResolveRequest
    let head: [UInt8]

    init(_ head: [UInt8]) {
        var parser = HeadParser()
        _ = try? parser.advance(over: head.span.bytes, limit: 64 << 10)
        self.request = ResolveRequest(.resolve, fields: parser.head.fields)
        self.head = head
    }
}
