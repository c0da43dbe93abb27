import Glibc

/// What the operating system's error numbers mean, for the ones that files and fetches meet.
package enum SystemError {
    package static func text(_ code: Int32) -> String {
        switch code {
        case ENOENT: "no such file"
        case EACCES, EPERM: "permission denied"
        case EISDIR: "it is a directory"
        case ENOTDIR: "a part of the path is not a directory"
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "connection reset"
        case EHOSTUNREACH, ENETUNREACH: "host unreachable"
        case ETIMEDOUT: "no connection in time"
        case EMFILE, ENFILE: "too many open files"
        default: "system error \(code)"
        }
    }
}
