import Bytes
import Fixtures
import HTTP2

extension FuzzTarget {
    /// Whatever a header block is, what its frame is rewritten to stands for the same fields, and is malformed only when it is.
    static let headerBlock = FuzzTarget(name: "header-block") { input in
        let block = [UInt8](copying: input)
        let length = block.count
        let frame: [UInt8] =
            [UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), 1, 4, 0, 0, 0, 1] + block
        var plain = PlainHeaders()
        guard plain.rewrite(frame.span.bytes, FrameHeader(length: length, type: 1, flags: 4, stream: 1)) else { return }
        let rewritten = [UInt8](copying: plain.rewritten.extracting(droppingFirst: 9))
        expect(
            HeaderCompression.fields(of: rewritten) == HeaderCompression.fields(of: block),
            "what is plain stands for the same")
    }
}
