import CHiredis
import Fixtures
import NIOCore
import Sessions
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
        var buffer = ByteBuffer()
        buffer.writeCommand(arguments)
        #expect(Array(buffer.readableBytesView) == Self.formatted(arguments))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 101, 512, 999_999, 1_000_000])
    func `a GET has the bytes that hiredis makes`(_ length: Int) {
        let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var buffer = ByteBuffer()
        buffer.writeGet(key)
        #expect(Array(buffer.readableBytesView) == Self.formatted([Array("GET".utf8), key]))
    }

    @Test func `commands follow each other in one buffer`() {
        var buffer = ByteBuffer()
        buffer.writeGet(Array("a".utf8))
        buffer.writeGet(Array("b".utf8))
        #expect(String(buffer: buffer) == "*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nGET\r\n$1\r\nb\r\n")
    }
}
