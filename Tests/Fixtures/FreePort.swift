import Glibc
import Synchronization

/// Ports for the servers of tests.
package enum FreePort {
    /// The part of the last port that counts up: within one run no two servers get the same port.
    private static let last = Atomic<UInt32>(.random(in: 0..<12_000))

    /// A TCP port on which nothing listens, at any address, IPv4 and IPv6 alike. It lies below the range from which the
    /// kernel takes ports by itself (bind(2) to port 0, the near ends of connections), so it stays free until the server
    /// that gets it has started.
    package static func take() throws(NoFreePort) -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16(20_000 + last.add(1, ordering: .relaxed).newValue % 12_000)
            if isFree(port) { return port }
        }
        throw NoFreePort()
    }

    package struct NoFreePort: Error {}

    /// Whether `[::]:port`, which is 0.0.0.0:port as well, can be listened at.
    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        return bound == 0 && listen(descriptor, 1) == 0
    }
}
