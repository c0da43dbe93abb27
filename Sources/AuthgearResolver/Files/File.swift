import Glibc

/// Reads files and streams.
enum File {
    /// The bytes of a file of at most `limit` bytes.
    static func contents(of path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        try forEachChunk(of: descriptor) { chunk throws(FileError) in
            bytes += chunk
            guard bytes.count <= limit else { throw .tooLarge(limit) }
        }
        return bytes
    }

    /// Reads a descriptor to its end; hands over what there is, as it comes.
    static func forEachChunk(
        of descriptor: CInt, _ body: (ArraySlice<UInt8>) throws(FileError) -> Void
    ) throws(FileError) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .current }
            guard count > 0 else { return }
            try body(chunk[..<count])
        }
    }

    /// Writes bytes; what can't be written is lost, for there is nowhere to say so.
    static func write(_ bytes: [UInt8], to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes a text and a line break to standard error.
    static func complain(_ text: String) {
        write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }
}
