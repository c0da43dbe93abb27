import Bytes
import Fixtures
import HTTP1
import HTTP2
import Testing

/// Header lists that come in several frames arrive as they were sent, but for strings that are too long for the codec.
@Suite struct SplitHeadersTests {
    /// A string in a header block, plain or said to be by the Huffman code (RFC 7541 section 5.2).
    private static func string(_ bytes: [UInt8], isCoded: Bool = false) -> [UInt8] {
        let mark: UInt8 = isCoded ? 0x80 : 0
        guard bytes.count >= 0x7F else { return [mark | UInt8(bytes.count)] + bytes }
        var (rest, length) = (bytes.count - 0x7F, [mark | 0x7F])
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }

    private static func text(_ count: Int, _ character: Character = "a") -> [UInt8] {
        Array(String(repeating: character, count: count).utf8)
    }

    /// A literal with a name: one that goes into the table, or does not.
    private static func field(_ name: String, _ value: [UInt8], isIndexed: Bool = false) -> [UInt8] {
        [isIndexed ? 0x40 : 0] + string(Array(name.utf8)) + string(value)
    }

    /// The frames of a list, cut at these places.
    private static func frames(
        _ block: [UInt8], cutAt cuts: [Int], stream: UInt32 = 1, flags: UInt8 = 1, before: [UInt8] = [],
        behind: [UInt8] = []
    ) -> [[UInt8]] {
        let ends = cuts.sorted() + [block.count]
        return zip([0] + ends, ends).enumerated().map { index, part in
            let piece = Array(block[part.0..<part.1])
            let isLast: UInt8 = index == ends.count - 1 ? 4 : 0
            return index == 0
                ? RawFrame.bytes(type: 1, flags: flags | isLast, stream: stream, before + piece + behind)
                : RawFrame.bytes(type: 9, flags: isLast, stream: stream, piece)
        }
    }

    /// The same, in frames as long as they may be.
    private static func frames(_ block: [UInt8], stream: UInt32 = 1) -> [UInt8] {
        frames(block, cutAt: Array(stride(from: 16_000, to: block.count, by: 16_384)), stream: stream).flatMap(\.self)
    }

    /// What the frames of one list become: the first one's flags and what stands before its block, and the block.
    private static func read(
        _ frames: [[UInt8]], before: Int = 0
    ) throws -> (flags: UInt8, before: [UInt8], block: [UInt8], replaced: Bool)? {
        var split = SplitHeaders()
        var (output, isReplaced) = ([UInt8](), false)
        for frame in frames {
            let header = FrameHeader(length: frame.count - 9, type: frame[3], flags: frame[4], stream: 1)
            split.begin(header)
            #expect(split.isWithin)
            // In two parts, of which one may be empty.
            split.add(frame.span.bytes.extracting(9..<9 + (frame.count - 9) / 2))
            split.add(frame.span.bytes.extracting(9 + (frame.count - 9) / 2..<frame.count))
            guard let more = split.finish() else { return nil }
            output += more
            isReplaced = isReplaced || split.replaced != nil
        }
        #expect(!split.isWithin)
        var (block, offset, flags) = ([UInt8](), 0, [UInt8]())
        while offset < output.count {
            let length = output[offset..<offset + 3].reduce(0) { $0 << 8 | Int($1) }
            #expect(output[offset + 3] == (offset == 0 ? 1 : 9) && length <= 16_384)
            flags.append(output[offset + 4])
            block += output[offset + 9..<offset + 9 + length]
            offset += 9 + length
        }
        #expect(flags.map { $0 & 4 != 0 } == flags.indices.map { $0 == flags.count - 1 })
        return (flags[0] & ~4, Array(block.prefix(before)), Array(block.dropFirst(before)), isReplaced)
    }

    /// Also what is malformed: that is the codec's to say.
    @Test func `a list is the same, wherever it is cut, and whatever stands around it`() throws {
        var (generator, count) = (SeededGenerator(seed: 1), 0)
        for _ in 0..<2_000 {
            var block = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
                let value = Self.text(
                    [0, 1, 126, 127, 128, 254, 255, 9_000, 30_000].randomElement(using: &generator) ?? 0, "0")
                let isIndexed = Bool.random(using: &generator)
                return [[0x82], [0x3F, 0xE1, 0x1F], [0x04] + Self.string(Self.text(300, "/"), isCoded: true)]
                    .randomElement(using: &generator).map { $0 + Self.field("x-a", value, isIndexed: isIndexed) } ?? []
            }
            if !block.isEmpty, Bool.random(using: &generator) {
                let place = Int.random(in: 0..<block.count, using: &generator)
                block[place] = UInt8.random(in: 0..<0x7F, using: &generator)
            }
            var cuts = [0]
            while let last = cuts.last, last < block.count {
                cuts.append(min(block.count, last + Int.random(in: 0...16_000, using: &generator)))
                if Bool.random(using: &generator) {
                    cuts.append(min(block.count, last + Int.random(in: 0...9, using: &generator)))
                }
                cuts.sort()
            }
            let (padding, hasPriority) = (
                Int.random(in: -1...20, using: &generator), Bool.random(using: &generator)
            )
            let priority: [UInt8] = hasPriority ? [0, 0, 0, 3, 7] : []
            let frames = Self.frames(
                block, cutAt: cuts, flags: (padding < 0 ? 0 : 8) | (hasPriority ? 32 : 0) | 1,
                before: (padding < 0 ? [] : [UInt8(padding)]) + priority,
                behind: [UInt8](repeating: 0, count: max(0, padding)))
            // What was changed may be a length.
            guard let read = try Self.read(frames, before: priority.count), !read.replaced else { continue }
            count += 1
            #expect(read.block == block && read.before == priority)
            #expect(read.flags == (hasPriority ? 33 : 1))
        }
        // Else nothing was compared.
        #expect(count > 1_500)
    }

    @Test func `another string stands for one that is too long, and leaves the table as that would`() throws {
        let long = Self.text(65_537, "b")
        let (standIn, name) = ([UInt8(ascii: "/")] + Self.text(4_223), Self.text(4_224))
        func fields(_ block: [UInt8]) throws -> [[UInt8]]? {
            let cuts = Array(stride(from: 16_384, to: block.count, by: 16_384))
            return HeaderCompression.fields(
                of: try #require(try Self.read(Self.frames(block, cutAt: cuts))).block)
        }
        func line(_ name: String, _ value: [UInt8]) -> [UInt8] { Array("\(name): ".utf8) + value }
        let (kept, small) = (Self.field("x-k", Self.text(1), isIndexed: true), line("x-k", Self.text(1)))
        // The first entry of the table: what was put into it last.
        let newest: [UInt8] = [0xBE]
        #expect(try fields(kept + Self.field("x-l", long) + newest) == [small, line("x-l", standIn), small])
        #expect(try fields(kept + Self.field("x-l", long, isIndexed: true)) == [small, line("x-l", standIn)])
        #expect(try fields(kept + Self.field("x-l", long, isIndexed: true) + newest) == nil)
        let both = Self.field("x-l", long, isIndexed: true) + kept + newest
        #expect(try fields(both) == [line("x-l", standIn), small, small])
        #expect(try fields([0x04] + Self.string(long)) == [line(":path", standIn)])
        #expect(try fields([0] + Self.string(long) + Self.string(Self.text(3))) == [name + Array(": aaa".utf8)])
        #expect(try fields([0] + Self.string(long) + Self.string(long)) == [name + Array(": ".utf8) + standIn])
        // The longest that is not.
        let longest = Self.text(65_536, "b")
        #expect(try fields(Self.field("x-l", longest)) == [line("x-l", longest)])
    }

    /// Requests that others wait for go on.
    @Test(arguments: [1, 7, Int.max], [false, true])
    func `who sends a string that is too long is refused alone`(piece: Int, isCoded: Bool) {
        let served = ServedClient()
        served.piece = piece
        let pseudo: [UInt8] = [0x82, 0x86, 0x41, 1, UInt8(ascii: "a")]
        let long = Self.string(Self.text(70_000), isCoded: isCoded)
        served.send(RawFrame.preface + RawFrame.settings)
        served.answersAtOnce = false
        served.send(RawFrame.get(stream: 1))
        served.send(Self.frames(pseudo + [0x84, 0x40] + Self.string(Array("x-l".utf8)) + long, stream: 3))
        served.send(Self.frames(pseudo + [0x04] + long, stream: 5))
        served.send(RawFrame.get(stream: 7))
        #expect(served.log == ["decide", "refuse 431", "refuse 414", "decide"])
        #expect(served.goAwayCode() == nil)
    }

    @Test func `a list that may be long comes in as many frames as it needs`() {
        var limits = ConnectionLimits.generous
        limits.headerBytes = 1 << 20
        let served = ServedClient(limits)
        served.send(RawFrame.preface + RawFrame.settings)
        let pseudo: [UInt8] = [0x82, 0x84, 0x86, 0x41, 1, UInt8(ascii: "a")]
        served.send(Self.frames(pseudo + (0..<15).flatMap { Self.field("x-\($0)", Self.text(60_000)) }))
        let small = pseudo + Self.field("x-a", Self.text(2_000))
        let frames = Self.frames(small, cutAt: Array(stride(from: 100, to: 2_000, by: 100)), stream: 3)
        served.send(frames.flatMap(\.self))
        #expect(served.log == ["decide", "decide"])
    }

    @Test func `a list in more frames than any needs, and one that ends too early, end the connection`() {
        var served = ServedClient()
        served.send(RawFrame.preface + RawFrame.settings + RawFrame.bytes(type: 1, flags: 1, stream: 1, [0x82]))
        for _ in 0..<1_000 { served.send(RawFrame.bytes(type: 9, stream: 1)) }
        #expect(served.goAwayCode() == 11)
        served = ServedClient()
        let long = Self.string(Self.text(70_000))
        served.send(RawFrame.preface + RawFrame.settings)
        served.send(Self.frames(Array(([0x82, 0x84, 0x86, 0x04] + long).prefix(40_000))))
        #expect(served.goAwayCode() == 9)
        #expect(served.log.last == "linger")
    }

    /// libnghttp2 does not look at the length of a CONTINUATION, nor does it see a WINDOW_UPDATE by nothing that was answered before.
    @Test(
        arguments: [
            (RawFrame.bytes(type: 9, flags: 4, stream: 3, [UInt8](repeating: 0x82, count: 16_385)), 6),
            (RawFrame.bytes(type: 8, stream: 1, RawFrame.word(0)), 1),
            (RawFrame.bytes(type: 9, flags: 4, stream: 1, [0x82]), 1),
            (RawFrame.get(stream: 5), 1),
        ] as [([UInt8], UInt32)], [false, true])
    func `nothing stands within a list, and no frame of it is too long`(frame: ([UInt8], UInt32), isTrailers: Bool) {
        let served = ServedClient()
        served.answersAtOnce = false
        let stream: UInt32 = isTrailers ? 1 : 3
        let body = RawFrame.bytes(type: 1, flags: 4, stream: 1, [0x83, 0x84, 0x86, 0x41, 1, UInt8(ascii: "a")])
        // The last byte begins a field line, whose index follows.
        let list = RawFrame.bytes(type: 1, flags: 1, stream: stream, isTrailers ? [0x0F] : [0x82, 0x84, 0x86, 0x0F])
        served.send(RawFrame.preface + RawFrame.settings + body + list)
        #expect(served.goAwayCode() == nil)
        var bytes = frame.0
        if isTrailers, bytes[3] == 9, bytes[8] == 3 { bytes[8] = 1 } else if isTrailers, bytes[3] == 9 { bytes[8] = 3 }
        served.send(bytes)
        #expect(served.goAwayCode() == frame.1)
        served.send(RawFrame.get(stream: 7))
        #expect(served.log.allSatisfy { $0 == "linger" || $0 == "forget" })
    }

    @Test func `an integer that is longer than it has to be is read as well`() throws {
        var block: [UInt8] = [0x00, 3] + Array("x-l".utf8)
        // 70,000 in six bytes (RFC 7541 section 5.1).
        let rest = 70_000 - 0x7F
        block += [
            0x7F, UInt8(rest & 0x7F) | 0x80, UInt8(rest >> 7 & 0x7F) | 0x80, UInt8(rest >> 14) | 0x80, 0x80, 0x00,
        ]
        block += Self.text(70_000)
        let cuts = Array(stride(from: 7, to: block.count, by: 16_000))
        let read = try #require(try Self.read(Self.frames(block, cutAt: cuts)))
        #expect(read.replaced && HeaderCompression.fields(of: read.block)?.count == 1)
    }
}
