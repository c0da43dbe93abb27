import Glibc
package import KeySets
import SwiftOverlayShims  // Where optimised builds see `stat`.

/// Reads a file that is believed because nobody else can have written it: it is ours alone, and so is where it stands.
package enum PrivateFile {
    /// - Parameters:
    ///   - path: absolute.
    ///   - limit: the most bytes that it may have.
    /// - Returns: nil when there is none.
    package static func contents(of path: String, limit: Int) throws(SnapshotFault) -> [UInt8]? {
        let folder = unsafe open(File.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            guard errno == ENOENT else { throw .unreadable(FileError.current.description) }
            return nil
        }
        defer { close(folder) }
        // Within that folder, and not by the path again, which may lead elsewhere by now. Without O_NONBLOCK, opening a FIFO would wait
        // for its writer.
        let name = String(path.suffix(from: path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex))
        let descriptor = unsafe openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .symbolicLink
            default: throw .unreadable(FileError.current.description)
            }
        }
        defer { close(descriptor) }
        try checkFile(descriptor, limit: limit)
        try checkFolder(folder)
        do throws(FileError) {
            return try File.contents(of: descriptor, limit: limit)
        } catch {
            throw error == .tooLarge(limit) ? .tooLarge : .unreadable(error.description)
        }
    }

    private static func checkFile(_ descriptor: CInt, limit: Int) throws(SnapshotFault) {
        let status = try status(of: descriptor)
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_uid == geteuid() else { throw .notOurs(status.st_uid) }
        guard status.st_mode & 0o066 == 0 else { throw .open(status.st_mode & 0o777) }
        guard status.st_size <= limit else { throw .tooLarge }
    }

    private static func checkFolder(_ descriptor: CInt) throws(SnapshotFault) {
        let status = try status(of: descriptor)
        // Who is root writes where he likes.
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .othersFolder(status.st_uid) }
        guard status.st_mode & 0o022 == 0 else { throw .openFolder(status.st_mode & 0o7777) }
    }

    private static func status(of descriptor: CInt) throws(SnapshotFault) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(FileError.current.description) }
        return status
    }
}
