package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `timespec`.

/// A file that may change while the process runs: it is read within a bound, and only when it changed.
package struct WatchedFile: Sendable {
    /// What a look at the file found.
    package enum Look {
        case untouched
        /// The bytes, and the stamp to compare with next time; nil when the file may be in the middle of a change.
        case read([UInt8], FileStamp?)
    }

    package var path: String

    package init(path: String) {
        self.path = path
    }

    /// - Parameters:
    ///   - stamp: of the last look that read the file.
    ///   - limit: how many bytes it may have.
    package func look(since stamp: FileStamp?, limit: Int) throws(FileProblem) -> Look {
        // Without O_NONBLOCK, opening a FIFO would wait for its writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(SystemError(code: errno)) }
        defer { _ = close(descriptor) }
        let before = try Self.status(of: descriptor)
        if let stamp, FileStamp(of: before) == stamp { return .untouched }
        let bytes = try Self.bytes(of: descriptor, limit: limit)
        let after = try Self.status(of: descriptor)
        return .read(bytes, Self.isSettled(after, since: before) ? FileStamp(of: after) : nil)
    }

    private static func bytes(of descriptor: CInt, limit: Int) throws(FileProblem) -> [UInt8] {
        do throws(SystemError) {
            if let bytes = try FileReader.bytes(of: descriptor, limit: limit) { return bytes }
        } catch {
            throw .unreadable(error)
        }
        throw .tooLarge
    }

    private static func status(of descriptor: CInt) throws(FileProblem) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(SystemError(code: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        return status
    }

    /// A file that changed within the last two seconds may change again without its times telling so.
    private static func isSettled(_ after: stat, since before: stat) -> Bool {
        FileStamp(of: before) == FileStamp(of: after) && abs(time(nil) - after.st_mtim.tv_sec) > 2
    }
}

/// Reads what is open: files, and streams such as standard input.
package enum FileReader {
    /// Reads to the end; nil when there are more bytes than the limit.
    package static func bytes(of descriptor: CInt, limit: Int) throws(SystemError) -> [UInt8]? {
        var bytes: [UInt8] = []
        try forEachChunk(of: descriptor) { chunk in
            bytes += chunk
            return bytes.count <= limit
        }
        return bytes.count <= limit ? bytes : nil
    }

    /// Reads to the end, and hands over what there is, as it comes.
    ///
    /// - Parameter take: whether there should be more.
    package static func forEachChunk(
        of descriptor: CInt, take: (ArraySlice<UInt8>) -> Bool
    ) throws(SystemError) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(code: errno) }
            guard count > 0, take(chunk[..<count]) else { return }
        }
    }
}

/// What tells that a file changed, without reading it.
package struct FileStamp: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var modifiedSeconds: Int
    var modifiedNanoseconds: Int
    /// Also moves when a content is replaced whose times are set back (`cp -p`).
    var changedSeconds: Int
    var changedNanoseconds: Int

    /// What each of these leads to; one may be named twice.
    package static func all(_ paths: some Sequence<String>) -> [String: FileStamp?] {
        Dictionary(paths.map { ($0, FileStamp(path: $0)) }) { first, _ in first }
    }

    /// Of what a path leads to, through every link on the way; nil when that is nothing.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(of: status)
    }

    init(of status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
        changedSeconds = status.st_ctim.tv_sec
        changedNanoseconds = status.st_ctim.tv_nsec
    }
}

/// Why a file could not be read.
package enum FileProblem: Error, Hashable, Sendable {
    case unreadable(SystemError)
    case notAFile
    /// It has more bytes than it may have.
    case tooLarge

    /// Something has the path, though it can't be read.
    var isFileThere: Bool {
        if case .unreadable(let error) = self { error.cause != .notFound } else { true }
    }
}
