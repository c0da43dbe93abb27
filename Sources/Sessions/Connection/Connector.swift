import NIOCore
import NIOPosix
import NIOSSL

/// Makes a channel to Redis, over TCP, TLS or a Unix socket, that ends in a handler.
struct Connector {
    let configuration: RedisConfiguration
    let eventLoop: any EventLoop

    /// - Parameter failed: called when no transport came about; what comes later the handler itself sees.
    func open(_ handler: some ChannelInboundHandler, failed: @escaping (ConnectionFailure) -> Void) {
        connect(NIOLoopBound(handler, eventLoop: eventLoop)).assumeIsolated().whenFailure { error in
            failed(ConnectionFailure(error))
        }
    }

    private func connect(_ handler: NIOLoopBound<some ChannelInboundHandler>) -> EventLoopFuture<any Channel> {
        let (tls, endpoint) = (configuration.tls, configuration.address.endpoint)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(Self.tlsHandler(tls, endpoint))
                    }
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
        switch endpoint {
        case .tcp(let host, let port), .tls(let host, let port):
            return bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        }
    }

    /// A certificate for an IP address is checked against the address connected to; SNI is for names alone.
    private static func tlsHandler(
        _ context: NIOSSLContext, _ endpoint: RedisAddress.Endpoint
    ) throws -> NIOSSLClientHandler {
        guard case .tls(let host, _) = endpoint, (try? SocketAddress(ipAddress: host, port: 0)) == nil else {
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
        return try NIOSSLClientHandler(context: context, serverHostname: host)
    }
}
