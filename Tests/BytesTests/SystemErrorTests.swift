import Bytes
import Glibc
import Testing

@Suite struct `System error` {
    @Test(
        arguments: [
            (ENOENT, .notFound), (EACCES, .permissionDenied), (EPERM, .permissionDenied), (EISDIR, .isDirectory),
            (ENOTDIR, .notDirectory), (EADDRINUSE, .addressInUse), (EADDRNOTAVAIL, .addressNotAvailable),
            (EAFNOSUPPORT, .familyNotSupported), (ECONNREFUSED, .connectionRefused), (ECONNRESET, .connectionReset),
            (EPIPE, .connectionReset), (EHOSTUNREACH, .unreachable), (ENETUNREACH, .unreachable),
            (ETIMEDOUT, .timedOut), (EMFILE, .tooManyFiles), (ENFILE, .tooManyFiles),
            (EINVAL, .other), (EINPROGRESS, .other), (0, .other), (-1, .other),
        ] as [(Int32, SystemError.Cause)])
    func `the numbers are the system's`(code: Int32, cause: SystemError.Cause) {
        #expect(SystemError(code: code).cause == cause)
    }

    @Test(arguments: [
        (ENOENT, "no such file"), (EPERM, "permission denied"), (EISDIR, "it is a directory"),
        (ENOTDIR, "a part of the path is not a directory"), (ECONNREFUSED, "connection refused"),
        (EPIPE, "connection reset"), (ENETUNREACH, "host unreachable"), (ETIMEDOUT, "no connection in time"),
        (ENFILE, "too many open files"), (EADDRINUSE, "system error 98"), (EINVAL, "system error 22"),
    ])
    func `a number is told in words, or as it is`(code: Int32, words: String) {
        #expect("\(SystemError(code: code))" == words)
    }
}
