import Foundation

/// A service manager's side of sd_notify(3): a datagram socket, with a path or an abstract name.
package final class NotificationReceiver: Sendable {
    package struct NotMade: Error { package var code: CInt }

    /// For `NOTIFY_SOCKET`.
    package let address: String
    private let descriptor: CInt

    /// - Parameter address: a path or, behind `@`, an abstract name.
    package init(_ address: String) throws {
        self.address = address
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // Who tells nothing fails his test, he does not hang it.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var name = Array(address.utf8)
        if address.hasPrefix("@") { name[0] = 0 }
        var system = sockaddr_un()
        system.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &system.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = unsafe withUnsafePointer(to: &system) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw NotMade(code: errno) }
    }

    deinit { close(descriptor) }

    /// A message that has come; nil when none has.
    package func pending() -> String? {
        receive(CInt(MSG_DONTWAIT))
    }

    /// The next message, waited for on a thread of its own; nil when none has come in time.
    package func next() async -> String? {
        await withCheckedContinuation { waiting in
            Thread.detachNewThread { [self] in waiting.resume(returning: receive(0)) }
        }
    }

    private func receive(_ flags: CInt) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe recv(descriptor, &buffer, buffer.count, flags)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// The lines of the next message, by what stands before the `=`; empty when none comes.
    package func assignments() async -> [String: String] {
        let lines = (await next() ?? "").split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
        return Dictionary(
            lines.map { ("\($0[0])", $0.count > 1 ? "\($0[1])" : "") }, uniquingKeysWith: { first, _ in first })
    }
}
