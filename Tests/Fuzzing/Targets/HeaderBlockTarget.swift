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

    /// Wherever a header list is cut into frames, it is the same afterwards, unless a string of it is too long for the codec.
    static let headerList = FuzzTarget(name: "header-list") { input in
        guard input.byteCount > 0 else { return }
        let step = Int(input[byte: 0]) + 1
        let block = [UInt8](copying: input.extracting(droppingFirst: 1))
        var (split, offset, output, isReplaced) = (SplitHeaders(), 0, [UInt8](), false)
        repeat {
            let end = min(block.count, offset + step)
            let header = FrameHeader(
                length: end - offset, type: offset == 0 ? 1 : 9, flags: end == block.count && offset > 0 ? 4 : 0,
                stream: 1)
            split.begin(header)
            split.add(block.span.bytes.extracting(offset..<end))
            guard let frames = split.finish() else { return }
            var frame = frames[...]
            while !frame.isEmpty {
                let length = frame.prefix(3).reduce(0) { $0 << 8 | Int($1) }
                output += frame.dropFirst(9).prefix(length)
                frame = frame.dropFirst(9 + length)
            }
            isReplaced = isReplaced || split.replaced != nil
            offset = end
        } while split.isWithin && offset < block.count
        guard !split.isWithin, !isReplaced else { return }
        expect(output == block, "what is cut into frames is the same")
    }
}
