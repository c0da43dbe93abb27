import Glibc

/// Where a server of a test listens: loopback or a Unix socket.
enum Address: Hashable, Sendable, CustomStringConvertible {
    /// The port, and the last byte of 127.0.0.x: servers that one name leads to in turn have one port and many addresses.
    case ipv4(UInt16, host: UInt8 = 1)
    case ipv6(UInt16)
    case unix(String)

    /// As the resolver's configuration and nginx write it.
    var description: String {
        switch self {
        case .ipv4(let port, let host): "127.0.0.\(host):\(port)"
        case .ipv6(let port): "[::1]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Calls `body` with the address as the socket calls want it.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch self {
        case .ipv4(let port, let host):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = (0x7f00_0000 | UInt32(host)).bigEndian
            return unsafe Self.pass(&address, body)
        case .ipv6(let port):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            return unsafe Self.pass(&address, body)
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in
                precondition(path.utf8.count < place.count, "a path of at most \(place.count - 1) bytes")
                unsafe place.copyBytes(from: path.utf8)
            }
            return unsafe Self.pass(&address, body)
        }
    }

    private static func pass<Specific, Result>(
        _ address: inout Specific, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe body(generic, socklen_t(MemoryLayout<Specific>.size))
            }
        }
    }
}
