import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A server on a Unix socket that answers each command with what the test says, right or wrong.
final class FakeRedis: Sendable {
    /// What to send back for a command, given as words (`GET key`); nil closes the connection.
    typealias Script = @Sendable (String) -> String?

    let directory = TemporaryDirectory()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let accepted = NIOLockedValueBox(0)

    var url: String { "unix://\(directory.path)/fake.sock" }
    /// How many connections came.
    var connections: Int { accepted.withLockedValue { $0 } }

    init(_ script: @escaping Script) async throws {
        let accepted = self.accepted
        _ = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                accepted.withLockedValue { $0 += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(script))
                }
            }
            .bind(unixDomainSocketPath: directory.path + "/fake.sock").get()
    }

    deinit {
        group.shutdownGracefully { _ in }
    }

    /// Answers `PING` as Redis does, and other commands with a text.
    static func answering(_ reply: String?) async throws -> FakeRedis {
        try await FakeRedis { command in command == "PING" ? "+PONG\r\n" : reply }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let script: Script

        init(_ script: @escaping Script) {
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for command in Self.commands(String(buffer: unwrapInboundIn(data))) {
                guard let reply = script(command) else { return context.close(promise: nil) }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
            }
        }

        /// Tests send little, so that commands come whole.
        private static func commands(_ text: String) -> [String] {
            text.split(separator: "*").map { command in
                command.split(separator: "\r\n").dropFirst().filter { !$0.hasPrefix("$") }.joined(separator: " ")
            }
        }
    }
}
