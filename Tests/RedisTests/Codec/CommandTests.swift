import Bytes
import CHiredis
import Fixtures
import Redis
import Testing

@Suite struct `Commands` {
    static let commands: [[String]] = [
        ["PING"], ["GET", "app:my-project:session:a8c1"], ["GET", ""], ["SELECT", "15"],
        ["AUTH", "user", "pass\r\nword\0"], ["AUTH", "käse"], ["GET", String(repeating: "k", count: 12_345)],
    ]

    /// The oracle: what hiredis's own formatter makes of a command.
    static func formatted(_ arguments: [[UInt8]]) -> [UInt8] {
        var pointers: [UnsafePointer<CChar>?] = unsafe []
        for argument in arguments {
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: argument.count + 1)
            for (index, byte) in argument.enumerated() { unsafe copy[index] = CChar(bitPattern: byte) }
            unsafe pointers.append(UnsafePointer(copy))
        }
        defer { while let pointer = unsafe pointers.popLast() { unsafe pointer?.deallocate() } }
        let lengths = arguments.map(\.count)
        var target: UnsafeMutablePointer<CChar>?
        let count = unsafe redisFormatCommandArgv(&target, Int32(arguments.count), &pointers, lengths)
        defer { unsafe redisFreeCommand(target) }
        return unsafe UnsafeBufferPointer(start: target, count: Int(count)).map { UInt8(bitPattern: $0) }
    }

    @Test(arguments: commands.map { $0.map(LongText.init) })
    func `a command has the bytes that hiredis makes`(_ words: [LongText]) {
        let arguments = words.map { Array($0.text.utf8) }
        var buffer = CommandBuffer()
        buffer.append(arguments)
        #expect(Array(buffer.unwritten) == Self.formatted(arguments))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 101, 512, 999_999, 1_000_000])
    func `a GET has the bytes that hiredis makes`(_ length: Int) {
        let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var buffer = CommandBuffer()
        buffer.appendGet(of: key)
        #expect(Array(buffer.unwritten) == Self.formatted([Array("GET".utf8), key]))
    }

    @Test func `commands follow each other in one buffer`() {
        var buffer = CommandBuffer()
        buffer.appendGet(of: Array("a".utf8))
        buffer.appendTimeToLive(of: Array("b".utf8))
        let text = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$4\r\nPTTL\r\n$1\r\nb\r\n"
        #expect(Array(buffer.unwritten) == Array(text.utf8))
    }

    @Test(arguments: [1, 7, 4_096, 100_000])
    func `what the system does not take is given again, and nothing twice`(_ portion: Int) {
        var (buffer, sent, wanted): (CommandBuffer, [UInt8], [UInt8]) = (CommandBuffer(), [], [])
        for number in 0..<3_000 {
            let key = Array("key:\(number)".utf8)
            buffer.appendGet(of: key)
            wanted += Self.formatted([Array("GET".utf8), key])
            if number % 3 == 0 { buffer.send { bytes in Self.take(portion, of: bytes, to: &sent) } }
        }
        while !buffer.isEmpty { buffer.send { bytes in Self.take(portion * 100, of: bytes, to: &sent) } }
        #expect(sent == wanted)
    }

    private static func take(_ portion: Int, of bytes: RawSpan, to sent: inout [UInt8]) -> Int {
        let part = bytes.extracting(first: min(portion, bytes.byteCount))
        sent += [UInt8](copying: part)
        return part.byteCount
    }
}
