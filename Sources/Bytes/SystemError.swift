/// An error number of the operating system (`errno`), and what it means. The one table of them: what a file, a request or
/// a listener says differently, it says of a `cause`.
///
/// The numbers are Linux's, the same on x86-64 and arm64 (asm-generic/errno.h): this target imports no C library, and a
/// test compares them with the system's.
package struct SystemError: Error, Hashable, Sendable {
    package let code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// What went wrong, as far as it makes a difference to a person.
    package enum Cause: Hashable, Sendable {
        /// `ENOENT`
        case notFound
        /// `EACCES`, `EPERM`
        case permissionDenied
        /// `EISDIR`
        case isDirectory
        /// `ENOTDIR`
        case notDirectory
        /// `EADDRINUSE`
        case addressInUse
        /// `EADDRNOTAVAIL`
        case addressNotAvailable
        /// `EAFNOSUPPORT`
        case familyNotSupported
        /// `ECONNREFUSED`
        case connectionRefused
        /// `ECONNRESET`, `EPIPE`
        case connectionReset
        /// `EHOSTUNREACH`, `ENETUNREACH`
        case unreachable
        /// `ETIMEDOUT`
        case timedOut
        /// `EMFILE`, `ENFILE`
        case tooManyFiles
        /// Any other number.
        case other
    }

    package var cause: Cause {
        switch code {
        case 2: .notFound
        case 1, 13: .permissionDenied
        case 20: .notDirectory
        case 21: .isDirectory
        case 23, 24: .tooManyFiles
        case 32, 104: .connectionReset
        case 97: .familyNotSupported
        case 98: .addressInUse
        case 99: .addressNotAvailable
        case 101, 113: .unreachable
        case 110: .timedOut
        case 111: .connectionRefused
        default: .other
        }
    }
}

extension SystemError: CustomStringConvertible {
    /// In words, for files and requests; a number where no word is known.
    package var description: String {
        switch cause {
        case .notFound: "no such file"
        case .permissionDenied: "permission denied"
        case .isDirectory: "it is a directory"
        case .notDirectory: "a part of the path is not a directory"
        case .connectionRefused: "connection refused"
        case .connectionReset: "connection reset"
        case .unreachable: "host unreachable"
        case .timedOut: "no connection in time"
        case .tooManyFiles: "too many open files"
        case .addressInUse, .addressNotAvailable, .familyNotSupported, .other: "system error \(code)"
        }
    }
}
