package import EventLoop
import Glibc

/// Where an address leads at this moment: the numeric addresses of a host name, or which socket a path is.
///
/// A name is resolved again at each connection, and every half minute while one stands: a failover behind a name, a balancer or
/// a path moves it, and a connection to the server that it led to before would go on for as long as that server lives.
package struct NameService: Sendable {
    /// How often a name is resolved while a connection stands, in nanoseconds.
    package static let usualInterval: Int64 = 30_000_000_000

    /// Resolves a host name, on a thread that may block; calls back, on whichever thread, with its addresses: none when it has
    /// none, or can't be resolved.
    package let resolve:
        @Sendable (_ host: String, _ port: UInt16, _ reply: @escaping @Sendable ([SocketAddress]) -> Void) -> Void
    /// In nanoseconds.
    package let interval: Int64

    package init(
        interval: Int64 = Self.usualInterval,
        resolve:
            @escaping @Sendable (
                _ host: String, _ port: UInt16, _ reply: @escaping @Sendable ([SocketAddress]) -> Void
            ) -> Void
    ) {
        self.resolve = resolve
        self.interval = interval
    }

    /// The system's resolver.
    package static let system = NameService { host, port, reply in
        let isAsked = BlockingThreads.run { reply(systemAddresses(of: host, port: port)) }
        if !isAsked { reply([]) }
    }

    /// Which file stands at a path, by its device and number; nil when none does.
    static func file(at path: String) -> [UInt]? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return [status.st_dev, status.st_ino]
    }

    private static func systemAddresses(of host: String, port: UInt16) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let list = unsafe list else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = unsafe list
        while let entry = unsafe next {
            if let system = unsafe entry.pointee.ai_addr, let address = unsafe SocketAddress(system) {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }
}
