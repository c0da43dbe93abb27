import NIOCore
import NIOPosix

/// Finds the addresses of one host for one connection, by a `NameService`.
final class HostResolver: Resolver, Sendable {
    private let addresses: EventLoopFuture<[SocketAddress]>

    init(_ names: NameService, host: String, port: Int, on eventLoop: any EventLoop) {
        addresses = names.addresses(host, port, on: eventLoop).flatMapThrowing { addresses in
            if addresses.isEmpty { throw ConnectionFailure.unknownHost }
            return addresses
        }
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses.map { addresses in addresses.filter { $0.protocol == .inet } }
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses.map { addresses in addresses.filter { $0.protocol == .inet6 } }
    }

    func cancelQueries() {}
}
