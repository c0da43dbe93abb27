package import Bytes
import EventLoop
import Glibc

/// A connection on the control socket, as either side has it: lines of text, each within a time and a length. It is closed with the
/// object.
package final class ControlSocket: Sendable {
    /// What a request or a reply has at most, in bytes.
    static let maximumBytes = 256 << 10

    private let descriptor: CInt

    package init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Connects to the socket of a process that runs. Where nobody accepts, the system says so instead of waiting.
    package static func connect(to path: String) throws(SystemError) -> ControlSocket {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
        let connection = ControlSocket(owning: descriptor)
        let isConnected = unsafe SocketAddress.unix(path: path).withSystemAddress {
            unsafe Glibc.connect(descriptor, $0, $1) == 0
        }
        guard isConnected else { throw SystemError(code: errno) }
        return connection
    }

    /// The user that the other side runs as (`SO_PEERCRED`); nil when the system does not tell.
    var peer: uid_t? {
        // struct ucred: pid, uid, gid.
        var credentials: (pid: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
        return credentials.user
    }

    /// Writes a text, and nothing after it. What the other side does not take in time is lost.
    ///
    /// - Parameter patience: from now on.
    package func send(_ text: String, within patience: Duration) {
        let end = Moment.steadyNanoseconds().addingSaturated(patience.nanoseconds)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, isReady(for: POLLOUT, until: end) {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// What the other side sends until it has sent all; nil when that is not there in time, too long, or no text.
    ///
    /// - Parameter patience: from now on.
    package func receive(within patience: Duration) -> String? {
        let end = Moment.steadyNanoseconds().addingSaturated(patience.nanoseconds)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4 << 10)
        while isReady(for: POLLIN, until: end) {
            let count = unsafe Glibc.recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return String(validating: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            guard bytes.count <= Self.maximumBytes else { return nil }
        }
        return nil
    }

    private func isReady(for events: CInt, until end: Int64) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        // Rounded up: a rest below a millisecond would end it at once.
        let rest = max(0, end.addingSaturated(-Moment.steadyNanoseconds())).addingSaturated(999_999)
        return unsafe poll(&entry, 1, CInt(clamping: rest / 1_000_000)) == 1
    }
}
