import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Trust

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

    /// A connection whose other end is gone without a word is noticed after this, in seconds: when it is silent, and when
    /// what was sent is not acknowledged.
    private static let patience = 10

    /// What the system does about silence.
    private static let probes: [(option: CInt, value: Int)] = [
        (TCP_NODELAY, 1), (TCP_KEEPIDLE, patience / 2), (TCP_KEEPINTVL, 1), (TCP_KEEPCNT, patience / 2),
        (TCP_USER_TIMEOUT, patience * 1000),
    ]

    private func connect(_ handler: NIOLoopBound<some ChannelInboundHandler>) -> EventLoopFuture<any Channel> {
        let configuration = configuration
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = configuration.tls {
                        // Here, so that each connection is made with what the files hold by now.
                        let handler = try NIOSSLClientHandler(
                            context: try tls.context(), serverHostname: configuration.serverName)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
        switch configuration.address.endpoint {
        case .tcp(let host, let port), .tls(let host, let port):
            return Self.probes.reduce(bootstrap.channelOption(.socketOption(.so_keepalive), value: 1)) {
                bootstrap, probe in
                bootstrap.channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: probe.option)), value: probe.value)
            }
            .resolver(HostResolver(configuration.names, host: host, port: port, on: eventLoop))
            .connect(host: host, port: port)
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        }
    }
}
