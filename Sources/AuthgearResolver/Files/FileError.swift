import Glibc

/// Why a file could not be read.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// In words, as the system says it: `no such file or directory`.
    package var description: String

    static func tooLarge(_ limit: Int) -> FileError {
        FileError(description: "it is larger than \(ByteSize.text(limit))")
    }

    /// What `errno` says at this moment.
    static var current: FileError {
        guard let message = unsafe strerror(errno) else { return FileError(description: "error \(errno)") }
        return FileError(description: unsafe String(cString: message).lowercased())
    }
}
