import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A server on a Unix socket that answers each command with what the test says, right or wrong.
package final class FakeRedis: Sendable {
    /// What to send back for a command, given as words (`GET key`), on the connection with this number, counted from 1;
    /// nil closes it.
    package typealias Script = @Sendable (_ command: String, _ connection: Int) -> String?

    package let directory = TemporaryDirectory()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let accepted = NIOLockedValueBox(0)

    package var url: String { "unix://\(directory.path)/fake.sock" }
    /// How many connections came.
    package var connections: Int { accepted.withLockedValue { $0 } }

    /// - Parameter port: on 127.0.0.1; nil: on the socket alone.
    package init(port: UInt16? = nil, _ script: @escaping Script) async throws {
        let accepted = self.accepted
        let server = ServerBootstrap(group: group)
            // A port whose last user has just left is taken again.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                let number = accepted.withLockedValue { accepted in
                    accepted += 1
                    return accepted
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler { command in script(command, number) })
                }
            }
        if let port {
            _ = try await server.bind(host: "127.0.0.1", port: Int(port)).get()
        } else {
            _ = try await server.bind(unixDomainSocketPath: directory.path + "/fake.sock").get()
        }
    }

    deinit {
        group.shutdownGracefully { _ in }
    }

    /// Answers what a connection asks for itself as a primary does, and other commands with a text.
    package static func answering(_ reply: String?) async throws -> FakeRedis {
        try await FakeRedis { command, _ in manners(command) ?? reply }
    }

    /// What a primary answers to what a connection asks for itself; nil for other commands.
    package static func manners(_ command: String) -> String? {
        switch command {
        case "PING": "+PONG\r\n"
        // It knows RESP2 alone.
        case "HELLO 3": "-ERR unknown command 'HELLO'\r\n"
        case "CLIENT ID": ":7\r\n"
        case "INFO server": bulk("run_id:a\r\n")
        case "INFO replication": bulk("role:master\r\nmaster_replid:h\r\n")
        default: command.hasPrefix("PING ") ? bulk(String(command.dropFirst(5))) : nil
        }
    }

    /// The reply to `CLIENT TRACKINGINFO` of a connection that is redirected to this client.
    package static func tracking(_ client: Int, of prefixes: [String], flags: [String] = ["on", "bcast"]) -> String {
        "*6\r\n" + bulk("flags") + array(flags) + bulk("redirect") + ":\(client)\r\n" + bulk("prefixes")
            + array(prefixes)
    }

    private static func array(_ texts: [String]) -> String {
        "*\(texts.count)\r\n" + texts.map(bulk).joined()
    }

    package static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let script: (String) -> String?

        init(_ script: @escaping (String) -> String?) {
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
