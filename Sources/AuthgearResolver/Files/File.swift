import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.
import Trust

/// Reads files and streams.
enum File {
    /// The bytes of a file of at most `limit` bytes.
    ///
    /// - Parameter mayWait: whether it may be a pipe, whose writer is waited for.
    static func contents(of path: String, limit: Int, mayWait: Bool = false) throws(FileError) -> [UInt8] {
        // Without O_NONBLOCK, opening a FIFO would wait for its writer, and reading a terminal for who sits there.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | (mayWait ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .current }
        guard mayWait || status.st_mode & S_IFMT != S_IFIFO else { throw .pipe }
        return try contents(of: descriptor, limit: limit)
    }

    /// What a descriptor has up to its end: at most `limit` bytes.
    static func contents(of descriptor: CInt, limit: Int) throws(FileError) -> [UInt8] {
        do throws(SystemError) {
            if let bytes = try FileReader.bytes(of: descriptor, limit: limit) { return bytes }
        } catch {
            throw FileError(error)
        }
        throw .tooLarge(limit)
    }

    /// The folder that an absolute path's last part is in.
    static func folder(of path: String) -> String {
        let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        return folder.isEmpty ? "/" : String(folder)
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

/// Why a file could not be read.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// In words, as the system says it: `no such file or directory`.
    package var description: String

    static func tooLarge(_ limit: Int) -> FileError {
        FileError(description: "it is larger than \(ByteSize.text(limit))")
    }

    static var pipe: FileError { FileError(description: "it is a pipe, which has its content once and may never") }

    /// What `errno` says at this moment.
    static var current: FileError { FileError(SystemError(code: errno)) }
}

extension FileError {
    /// The system's own words, which are more than `SystemError` has: a path of the configuration may be anything.
    init(_ error: SystemError) {
        guard let message = unsafe strerror(error.code) else {
            self.init(description: "error \(error.code)")
            return
        }
        self.init(description: unsafe String(cString: message).lowercased())
    }
}
