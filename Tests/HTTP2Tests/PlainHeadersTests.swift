import Bytes
import Fixtures
import HTTP2
import Testing

/// Long strings of header blocks are made plain, and stand for the same to libnghttp2.
@Suite struct PlainHeadersTests {
    /// Those whose codes have at most eight bits (RFC 7541 appendix B).
    private static let known = Array(
        "012aceiost %-./3456789=A_bdfghlmnpru:BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz&*,;XZ".utf8)

    /// A header block in a frame, or what that is rewritten to; nil when it is left as it is.
    private func rewritten(_ block: [UInt8], flags: UInt8 = 4, before: [UInt8] = [], without missing: Int = 0)
        -> [UInt8]?
    {
        let length = before.count + block.count
        let header: [UInt8] = [
            UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), 1, flags, 0, 0, 0, 7,
        ]
        let frame = Array((header + before + block).dropLast(missing))
        var plain = PlainHeaders()
        let head = FrameHeader(length: length, type: 1, flags: flags, stream: 7)
        guard plain.rewrite(frame.span.bytes, head) else { return nil }
        let bytes = [UInt8](copying: plain.rewritten)
        let rest = bytes.count - 9
        #expect(Array(bytes[..<3]) == [UInt8(rest >> 16), UInt8(rest >> 8 & 0xFF), UInt8(rest & 0xFF)])
        #expect(Array(bytes[3..<9 + before.count]) == Array(frame[3..<9 + before.count]))
        return Array(bytes[(9 + before.count)...])
    }

    private func text(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in Self.known[Int.random(in: 0..<Self.known.count, using: &generator)] }
    }

    @Test func `a long string of known characters is plain afterwards, whatever its last byte is filled up with`()
        throws
    {
        var generator = SeededGenerator(seed: 1)
        for count in Array(408...440) + (0..<200).map({ _ in Int.random(in: 441...9_000, using: &generator) }) {
            let value = text(count, &generator)
            let block = HeaderCompression.block("x-a", value)
            let plain = try #require(rewritten(block), "\(count)")
            let field = [Array("x-a: ".utf8) + value]
            #expect(HeaderCompression.fields(of: block) == field && HeaderCompression.fields(of: plain) == field)
            #expect(Array(plain.suffix(value.count)) == value && plain.count > block.count)
        }
    }

    @Test func `a string with any other byte is left as it is`() {
        var generator = SeededGenerator(seed: 2)
        for byte in UInt8.min...UInt8.max {
            for place in [0, 1, 200, 498, 499] {
                var value = text(500, &generator)
                value[place] = byte
                let block = HeaderCompression.block("x-a", value)
                #expect((rewritten(block) != nil) == Self.known.contains(byte), "\(byte) at \(place)")
            }
        }
    }

    @Test func `what is malformed is so afterwards, and else the same`() {
        var generator = SeededGenerator(seed: 3)
        var count = 0
        for _ in 0..<3_000 {
            let blocks = ["x-a", "cookie", "authorization"].flatMap { name in
                HeaderCompression.block(name, text(Int.random(in: 1...700, using: &generator), &generator))
            }
            var block = blocks
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                block[Int.random(in: 0..<block.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let plain = rewritten(block) else { continue }
            count += 1
            #expect(HeaderCompression.fields(of: plain) == HeaderCompression.fields(of: block))
        }
        // Else nothing was compared.
        #expect(count > 1_000)
    }

    @Test func `frames that are not whole, or padded, or too long afterwards, are left as they are`() {
        var generator = SeededGenerator(seed: 4)
        let block = HeaderCompression.block("x-a", text(500, &generator))
        #expect(rewritten(block) != nil)
        #expect(rewritten(block, without: 1) == nil)
        // Without END_HEADERS; with padding.
        #expect(rewritten(block, flags: 0) == nil)
        #expect(rewritten(block + [0, 0], flags: 4 | 8, before: [2]) == nil)
        // With a priority.
        #expect(rewritten(block, flags: 4 | 32, before: [0, 0, 0, 0, 9]) == rewritten(block))
        let long = HeaderCompression.block("x-a", [UInt8](repeating: UInt8(ascii: "a"), count: 16_400))
        #expect(long.count < 11_000 && rewritten(long) == nil)
        let less = HeaderCompression.block("x-a", [UInt8](repeating: UInt8(ascii: "a"), count: 16_370))
        #expect(rewritten(less) != nil)
    }

    @Test func `a request's fields are the same that its client sent`() {
        var generator = SeededGenerator(seed: 5)
        let server = ServedClient()
        for _ in 0..<20 {
            let token = String(decoding: text(1_200, &generator), as: UTF8.self).replacing(" ", with: "-")
            server.client.request(
                "/resolve", [("authorization", "Bearer \(token)"), ("cookie", "a=\"b\"; c=\(token)")])
            server.settle()
            #expect(server.requests.last?.lines.contains("authorization:Bearer \(token)\r\n") == true)
            #expect(server.requests.last?.lines.contains("cookie:a=\"b\"; c=\(token)\r\n") == true)
        }
        #expect(server.requests.count == 20)
    }
}
