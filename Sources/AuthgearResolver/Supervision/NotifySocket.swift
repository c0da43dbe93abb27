import Glibc
import SwiftOverlayShims  // Where optimised builds see `timeval`.

/// Where a service manager wants to be told how its services are: `NOTIFY_SOCKET` of sd_notify(3), a path or, behind `@`, an abstract name.
package struct NotifySocket: Hashable, Sendable {
    /// How long a full queue of the manager's may hold up who tells it, in seconds.
    private static let patience = 1

    /// As `sun_path` has it: an abstract name begins with a zero, and has none at its end.
    private let name: [UInt8]

    /// Nil when it is neither a path nor an abstract name, or too long for a Unix socket.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count > 1, !bytes.contains(0) else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "/"): name = bytes + [0]
        case UInt8(ascii: "@"): name = [0] + bytes.dropFirst()
        default: return nil
        }
        guard name.count <= Self.room else { return nil }
    }

    /// How many bytes `sun_path` has.
    private static var room: Int { MemoryLayout.size(ofValue: sockaddr_un().sun_path) }

    /// Sends one datagram; whether it was taken. A manager that is away changes nothing for the process.
    @discardableResult
    package func send(_ message: String) -> Bool {
        let socket = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var patience = timeval()
        patience.tv_sec = Self.patience
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(message.utf8)
        return unsafe withSystemAddress { address, length in
            unsafe sendto(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL), address, length) == bytes.count
        }
    }

    private func withSystemAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var system = sockaddr_un()
        system.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &system.sun_path) { unsafe $0.copyBytes(from: name) }
        // Not the whole of it: every byte of an abstract name counts.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        return unsafe withUnsafePointer(to: &system) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
