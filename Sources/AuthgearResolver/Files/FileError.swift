import Bytes
import Glibc

/// Why a file could not be read.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// In words, as the system says it: `no such file or directory`.
    package var description: String

    static func tooLarge(_ limit: Int) -> FileError {
        FileError(description: "it is larger than \(ByteSize.text(limit))")
    }

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
