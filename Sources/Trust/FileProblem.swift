import Glibc

/// Why a file could not be read.
package enum FileProblem: Error, Hashable, Sendable {
    /// `errno` says why.
    case unreadable(errno: Int32)
    case notAFile
    /// It has more bytes than it may have.
    case tooLarge

    /// Something has the path, though it can't be read.
    var isFileThere: Bool { self != .unreadable(errno: ENOENT) }
}
