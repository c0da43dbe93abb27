package import Bytes
import EventLoop
import Glibc

/// A connection on the control socket, as either side has it: lines of text, each within a time and a length. It is closed with the
/// object.
package final class ControlSocket: Sendable {
    /// What a request or a reply has at most, in bytes.
    static let maximumBytes = 256 << 10
    /// What a line has at most.
    private static let maximumLine = 128
    /// What a reply of two lines has at most.
    private static let maximumReply = 16 << 10

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
    var peer: uid_t? { credentials?.user }

    /// The number of the process on the other side.
    var process: pid_t? { credentials?.process }

    private var credentials: (process: pid_t, user: uid_t)? {
        // struct ucred: pid, uid, gid.
        var credentials: (process: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
        return (credentials.process, credentials.user)
    }

    /// Writes a text, and nothing after it. What the other side does not take in time is lost.
    ///
    /// - Parameter patience: from now on.
    package func send(_ text: String, within patience: Duration) {
        write(text, within: patience)
        finish()
    }

    /// Says that nothing more will be written.
    func finish() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// From here on the other side can't say anything more, and knows it. What it has said can still be received.
    func stopReceiving() {
        shutdown(descriptor, CInt(SHUT_RD))
    }

    /// Writes a text, and with it sockets, which stay open here.
    ///
    /// - Returns: whether the other side's queue has taken all of it in time.
    @discardableResult
    package func write(_ text: String, passing sockets: [CInt] = [], within patience: Duration) -> Bool {
        let end = Moment.steadyNanoseconds().addingSaturated(patience.nanoseconds)
        var (rest, sockets) = (Array(text.utf8), sockets)
        while !rest.isEmpty, isReady(for: POLLOUT, until: end) {
            let count = DescriptorPassing.send(rest, with: sockets, over: descriptor)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            // They have gone with the first byte.
            sockets = []
            rest.removeFirst(count)
        }
        return rest.isEmpty
    }

    /// What the other side sends until it has sent all; nil when that is not there in time, too long, or no text.
    ///
    /// - Parameter patience: from now on.
    package func receive(within patience: Duration) -> String? {
        let (text, ending) = receiveAll(within: patience)
        return ending == .all ? text : nil
    }

    /// Why nothing more is read.
    enum Ending {
        /// The other side has sent all.
        case all
        case broken
        /// The time is over, or it is too much.
        case unread
    }

    /// What the other side sends; nil when it is no text.
    ///
    /// - Parameter patience: from now on.
    func receiveAll(within patience: Duration) -> (text: String?, ending: Ending) {
        let end = Moment.steadyNanoseconds().addingSaturated(patience.nanoseconds)
        var (bytes, ending): ([UInt8], Ending) = ([], .unread)
        var chunk = [UInt8](repeating: 0, count: 4 << 10)
        while bytes.count <= Self.maximumBytes, isReady(for: POLLIN, until: end) {
            let count = unsafe Glibc.recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else {
                ending = count == 0 ? .all : .broken
                break
            }
            bytes += chunk[..<count]
        }
        return (String(validating: bytes, as: UTF8.self), ending)
    }

    /// Whether the other side has sent something, or has gone.
    var hasInput: Bool { isReady(for: POLLIN, until: .min) }

    /// One line with its end; nil when that is not there in time, too long, or no text.
    ///
    /// - Parameter patience: from now on.
    package func receiveLine(within patience: Duration) -> String? {
        let end = Moment.steadyNanoseconds().addingSaturated(patience.nanoseconds)
        var bytes: [UInt8] = []
        // One by one: what stands behind the line is not for this reader.
        while bytes.last != UInt8(ascii: "\n"), isReady(for: POLLIN, until: end) {
            var byte: UInt8 = 0
            let count = unsafe Glibc.recv(descriptor, &byte, 1, 0)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0, bytes.count < Self.maximumLine else { return nil }
            bytes.append(byte)
        }
        return bytes.last == UInt8(ascii: "\n") ? String(validating: bytes, as: UTF8.self) : nil
    }

    /// A reply of two lines and the descriptors that came with it, which are the caller's to close; nil when it is not there in time or
    /// some were lost.
    ///
    /// - Parameter patience: from now on.
    package func receiveReply(within patience: Duration) -> (text: String, descriptors: [CInt])? {
        let end = Moment.steadyNanoseconds().addingSaturated(patience.nanoseconds)
        var (bytes, descriptors, isWhole): ([UInt8], [CInt], Bool) = ([], [], true)
        while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < 2, isReady(for: POLLIN, until: end) {
            guard let part = DescriptorPassing.receive(room: Self.maximumReply, from: descriptor) else {
                if errno == EINTR || errno == EAGAIN { continue }
                break
            }
            if let more = part.descriptors { descriptors += more } else { isWhole = false }
            bytes += part.bytes
            guard !part.bytes.isEmpty, bytes.count <= Self.maximumReply else { break }
        }
        guard isWhole, let text = String(validating: bytes, as: UTF8.self), text.hasSuffix("\n") else {
            for descriptor in descriptors { close(descriptor) }
            return nil
        }
        return (text, descriptors)
    }

    private func isReady(for events: CInt, until end: Int64) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        // Rounded up: a rest below a millisecond would end it at once.
        let rest = max(0, end.addingSaturated(-Moment.steadyNanoseconds())).addingSaturated(999_999)
        return unsafe poll(&entry, 1, CInt(clamping: rest / 1_000_000)) == 1
    }
}
