import Fixtures

/// Wrong and nearly right heads, the same ones for the same seed.
struct HeadMutations {
    private var random: SeededGenerator

    private static let pieces: [String] = [
        "\r\n", "\n", "\r", " ", "\t", ":", ",", "\0", "\u{7f}", "\u{e9}", "#", "?", "/", "chunked", "close",
        "Host: b\r\n", "Content-Length: 1\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n", "X: y\r\n",
        " X: y\r\n",
        "Cookie: c=d\r\n", "Authorization: Basic x\r\n", "Upgrade: h2c\r\n", "Expect: 100-continue\r\n", "HTTP/1.1",
        "HTTP/1.0",
        "/resolve", "/_resolver", "http://", "-", "0", "9",
    ]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// One head, made from a right one by one to three changes, and the right one.
    mutating func next() -> ([UInt8], String) {
        let origin = Heads.right[Int.random(in: 0..<Heads.right.count, using: &random)]
        var bytes = Array(origin.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) { change(&bytes) }
        return (bytes, origin)
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        let piece = Array(Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)].utf8)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[index] ^= 0x20
        case 2 where bytes.count > 1: bytes.remove(at: index)
        case 3: bytes.insert(contentsOf: piece, at: index)
        default: bytes.insert(contentsOf: piece, at: lineStart(bytes, before: index))
        }
    }

    private func lineStart(_ bytes: [UInt8], before index: Int) -> Int {
        bytes[..<index].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }
}
