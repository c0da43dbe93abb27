package import Glibc

/// An address of a stream socket, as the system takes it: `connect(2)` and `bind(2)`.
package enum SocketAddress: Hashable, Sendable {
    /// The four bytes of the address in their order, as a number in the machine's byte order.
    case ipv4(UInt32, port: UInt16)
    /// The sixteen bytes in their order; `scope` is the interface of a link-local address, 0 for all others.
    case ipv6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    /// At most 107 bytes.
    case unix(path: String)

    /// The longest path that a socket address has room for, in bytes, on Linux.
    package static let maximumPathLength = 107

    /// Reads a numeric address (RFC 4291 section 2.2 for IPv6), without brackets; nil when it is none.
    package init?(ip text: String, port: UInt16) {
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
        } else if unsafe inet_pton(AF_INET6, text, &six) == 1 {
            self = Self.ipv6(six, scope: 0, port: port)
        } else {
            return nil
        }
    }

    /// The address of a resolved name; nil when it is neither of IPv4 nor of IPv6.
    package init?(_ address: UnsafePointer<sockaddr>) {
        let bytes = unsafe UnsafeRawPointer(address)
        switch unsafe CInt(address.pointee.sa_family) {
        case AF_INET:
            let four = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
            self = .ipv4(UInt32(bigEndian: four.sin_addr.s_addr), port: UInt16(bigEndian: four.sin_port))
        case AF_INET6:
            let six = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
            self = Self.ipv6(six.sin6_addr, scope: six.sin6_scope_id, port: UInt16(bigEndian: six.sin6_port))
        default: return nil
        }
    }

    /// The address that a socket is bound to; nil when it is none of these, or a Unix socket without a path.
    package init?(near descriptor: CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let address = unsafe withUnsafeMutablePointer(to: &storage) { pointer -> Self? in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(descriptor, address, &length) == 0 else { return nil }
                let isUnix = unsafe CInt(address.pointee.sa_family) == AF_UNIX
                return isUnix ? unsafe Self.unix(address, length: Int(length)) : unsafe SocketAddress(address)
            }
        }
        guard let address else { return nil }
        self = address
    }

    /// The path ends with its first zero, or with the address; an abstract name begins with one.
    private static func unix(_ address: UnsafePointer<sockaddr>, length: Int) -> Self? {
        let start = MemoryLayout<sa_family_t>.size
        guard length > start else { return nil }
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: address, count: length)[start...])
        guard let path = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self), !path.isEmpty else { return nil }
        return .unix(path: path)
    }

    private static func ipv6(_ address: in6_addr, scope: UInt32, port: UInt16) -> Self {
        unsafe withUnsafeBytes(of: address) { bytes in
            .ipv6(
                high: UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                scope: scope, port: port)
        }
    }

    package var isIPv6: Bool { if case .ipv6 = self { true } else { false } }

    /// Whether it is the address that stands for all of its family: `0.0.0.0` or `::`.
    package var isWildcard: Bool {
        switch self {
        case .ipv4(let address, _): address == 0
        case .ipv6(let high, let low, _, _): high == 0 && low == 0
        case .unix: false
        }
    }

    /// Whether only this machine reaches it: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), also mapped into IPv6, or `::1`.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let high, let low, _, _): high == 0 && (low == 1 || low >> 24 == 0xFF_FF7F)
        case .unix: false
        }
    }

    /// The IP address as text, without brackets; of a Unix socket its path.
    package var host: String {
        if case .unix(let path) = self { return path }
        return unsafe withSystemAddress { address, length in
            unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
                let status = unsafe getnameinfo(
                    address, length, text.baseAddress, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                return status == 0 ? unsafe text.baseAddress.map { unsafe String(cString: $0) } ?? "" : ""
            }
        }
    }

    /// The protocol family, for `socket(2)`.
    package var family: CInt {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Calls with the address as the system takes it.
    package func withSystemAddress<Result>(do body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch self {
        case .ipv4(let address, let port):
            var system = sockaddr_in()
            system.sin_family = sa_family_t(AF_INET)
            system.sin_port = port.bigEndian
            system.sin_addr.s_addr = address.bigEndian
            return unsafe Self.call(with: &system, do: body)
        case .ipv6(let high, let low, let scope, let port):
            var system = sockaddr_in6()
            system.sin6_family = sa_family_t(AF_INET6)
            system.sin6_port = port.bigEndian
            system.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &system.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return unsafe Self.call(with: &system, do: body)
        case .unix(let path):
            var system = sockaddr_un()
            system.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &system.sun_path) { field in
                unsafe field.copyBytes(from: path.utf8.prefix(field.count - 1))
            }
            return unsafe Self.call(with: &system, do: body)
        }
    }

    private static func call<System, Result>(
        with system: inout System, do body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &system) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(MemoryLayout<System>.size))
            }
        }
    }
}
