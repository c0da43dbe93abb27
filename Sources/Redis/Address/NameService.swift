import Glibc
package import NIOCore
import NIOPosix

/// Where an address leads at this moment: the numeric addresses of a host name, or which socket a path is.
///
/// A name is asked again at each connection, and every half minute while one stands: a failover behind a name, a balancer or
/// a path moves it, and a connection to the server that it led to before would go on for as long as that server lives.
package struct NameService: Sendable {
    /// How often it is asked while a connection stands.
    package static let usualInterval = TimeAmount.seconds(30)

    /// The addresses of a host name; empty when it has none, or can't be asked. May block.
    package let resolve: @Sendable (_ host: String, _ port: Int) -> [SocketAddress]
    package let interval: TimeAmount

    package init(
        interval: TimeAmount = Self.usualInterval,
        resolve: @escaping @Sendable (_ host: String, _ port: Int) -> [SocketAddress]
    ) {
        self.resolve = resolve
        self.interval = interval
    }

    package static let system = NameService(resolve: systemAddresses)

    /// Asks on a thread that may block.
    func addresses(_ host: String, _ port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [resolve] in resolve(host, port) }
    }

    /// Whether a connection to this place has been left behind: the address leads to others. Not when it leads nowhere, or
    /// nobody says where: then the connection is the best there is.
    func hasLeft(
        _ place: String, of endpoint: RedisAddress.Endpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<Bool> {
        switch endpoint {
        case .tcp(let host, let port), .tls(let host, let port):
            addresses(host, port, on: eventLoop).map { addresses in
                !addresses.isEmpty && !addresses.contains { $0.ipAddress == place }
            }
        case .unix(let path):
            eventLoop.makeSucceededFuture(Self.socket(at: path).map { $0 != place } ?? false)
        }
    }

    /// Where a channel has arrived, as `hasLeft` compares it.
    static func place(of channel: any Channel, at endpoint: RedisAddress.Endpoint) -> String? {
        switch endpoint {
        case .tcp, .tls: channel.remoteAddress?.ipAddress
        case .unix(let path): socket(at: path)
        }
    }

    /// Which file stands at a path.
    private static func socket(at path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }

    private static func systemAddresses(_ host: String, _ port: Int) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let list = unsafe list else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = unsafe list
        while let entry = unsafe next {
            if let address = unsafe SocketAddress(entry.pointee) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }
}

extension SocketAddress {
    /// Nil when it is neither of IPv4 nor of IPv6.
    fileprivate init?(_ entry: addrinfo) {
        guard let bytes = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch unsafe entry.ai_family {
        case AF_INET: self.init(unsafe bytes.load(as: sockaddr_in.self))
        case AF_INET6: self.init(unsafe bytes.load(as: sockaddr_in6.self))
        default: return nil
        }
    }
}
