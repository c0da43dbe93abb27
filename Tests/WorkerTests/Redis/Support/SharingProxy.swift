import Fixtures
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A proxy in front of a server, on a Unix socket, that has two connections to it for each of its own clients, and uses them
/// as the test says.
final class SharingProxy: Sendable {
    private struct Manner {
        /// Which of the two connections serves.
        var backend = 0
        /// The server's next reply that is a bulk string is lost.
        var losesNext = false
    }

    let directory = TemporaryDirectory()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let manner = NIOLockedValueBox(Manner())
    private let accepted = NIOLockedValueBox(0)

    var url: String { "unix://\(directory.path)/proxy.sock" }

    init(before server: RedisServer) async throws {
        let (manner, accepted, socket) = (self.manner, self.accepted, server.socket)
        _ = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                let number = accepted.withLockedValue { accepted in
                    accepted += 1
                    return accepted
                }
                return channel.eventLoop.makeCompletedFuture {
                    // The data connection comes first; the feed is served as it should be.
                    let front = Front(to: socket, number == 1 ? manner : NIOLockedValueBox(Manner()))
                    try channel.pipeline.syncOperations.addHandler(front)
                }
            }
            .bind(unixDomainSocketPath: directory.path + "/proxy.sock").get()
    }

    deinit {
        group.shutdownGracefully { _ in }
    }

    /// From now on what the first client sends goes to the server on the other connection.
    func swap() { manner.withLockedValue { $0.backend = 1 } }

    /// The next bulk string that the server sends to the first client is lost, alone: the one that begins what is read.
    func loseNext() { manner.withLockedValue { $0.losesNext = true } }

    private final class Front: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let socket: String
        private let manner: NIOLockedValueBox<Manner>
        private var backends: [any Channel] = []
        private var early: [ByteBuffer] = []

        init(to socket: String, _ manner: NIOLockedValueBox<Manner>) {
            self.socket = socket
            self.manner = manner
        }

        func channelActive(context: ChannelHandlerContext) {
            let (front, manner) = (context.channel, manner)
            let opened = (0..<2).map { _ in
                ClientBootstrap(group: context.eventLoop)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Back(front, manner))
                        }
                    }
                    .connect(unixDomainSocketPath: socket)
            }
            EventLoopFuture.whenAllSucceed(opened, on: context.eventLoop).assumeIsolated().whenSuccess { channels in
                self.backends = channels
                for buffer in self.early { self.forward(buffer) }
            }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            if backends.isEmpty { early.append(buffer) } else { forward(buffer) }
        }

        private func forward(_ buffer: ByteBuffer) {
            backends[manner.withLockedValue(\.backend)].writeAndFlush(buffer, promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            for backend in backends { backend.close(promise: nil) }
        }
    }

    private final class Back: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let front: any Channel
        private let manner: NIOLockedValueBox<Manner>

        init(_ front: any Channel, _ manner: NIOLockedValueBox<Manner>) {
            self.front = front
            self.manner = manner
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            manner.withLockedValue { manner in
                guard manner.losesNext, let length = Self.lengthOfBulk(buffer.readableBytesView) else { return }
                manner.losesNext = false
                buffer.moveReaderIndex(forwardBy: length)
            }
            if buffer.readableBytes > 0 { front.writeAndFlush(buffer, promise: nil) }
        }

        /// How many bytes the bulk string has that these begin with; nil when they begin with something else, or end before.
        private static func lengthOfBulk(_ bytes: ByteBufferView) -> Int? {
            guard bytes.first == UInt8(ascii: "$"), let end = bytes.firstIndex(of: UInt8(ascii: "\r")),
                let count = Int(String(decoding: bytes[bytes.startIndex..<end].dropFirst(), as: UTF8.self)), count >= 0
            else { return nil }
            let length = end - bytes.startIndex + 2 + count + 2
            return length <= bytes.count ? length : nil
        }
    }
}
