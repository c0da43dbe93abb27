import NIOCore
import NIOEmbedded

/// The test is the server at the other end of the channel.
extension EmbeddedChannel {
    /// The writes since the last call, the commands of each as words.
    func written() throws -> [String] {
        var writes: [String] = []
        while let write = try readOutbound(as: ByteBuffer.self) {
            let words = String(buffer: write).split(separator: "\r\n").filter { !"*$".contains($0.prefix(1)) }
            writes.append(words.joined(separator: " "))
        }
        return writes
    }

    func receive(_ bytes: String) throws {
        try writeInbound(ByteBuffer(string: bytes))
    }
}
