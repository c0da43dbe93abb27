import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A server in Authgear's place, on a free port of 127.0.0.1: it writes down what it is asked, and answers with bytes that a
/// test chose.
final class StandIn: Sendable {
    enum Behaviour: Sendable {
        /// These bytes; the connection is kept.
        case send(String)
        /// These bytes, and then the connection ends.
        case close(String)
        /// These bytes one by one, a millisecond apart, and never the last one.
        case drip(String)
        /// A head, and then a body of so many bytes.
        case flood(String, Int)
        case silence

        static let none = answer(200)

        static func answer(_ status: Int, _ fields: [(String, String)] = [], _ body: String = "") -> Behaviour {
            let lines = fields.map { "\($0): \($1)\r\n" }.joined()
            return .send("HTTP/1.1 \(status) X\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        static func valid(_ user: String) -> Behaviour {
            answer(200, [("X-Authgear-Session-Valid", "true"), ("X-Authgear-User-Id", user)])
        }
    }

    /// What is answered to a request's head.
    typealias Script = @Sendable (String) -> Behaviour

    private struct Books {
        var script: Script
        var heads: [String] = []
        var connections = 0
        var flooded = 0
    }

    private let channel: any Channel
    private let books: NIOLockedValueBox<Books>

    var port: Int { channel.localAddress?.port ?? 0 }
    /// The heads of all requests, in order.
    var heads: [String] { books.withLockedValue { $0.heads } }
    /// Those of requests with a credential.
    var questions: [String] { heads.filter(Self.hasCredential) }
    /// How many connections were made.
    var connections: Int { books.withLockedValue { $0.connections } }
    /// How many bytes of floods have left.
    var flooded: Int { books.withLockedValue { $0.flooded } }

    private init(channel: any Channel, books: NIOLockedValueBox<Books>) {
        self.channel = channel
        self.books = books
    }

    static func hasCredential(_ head: String) -> Bool {
        head.contains("\r\nauthorization: ") || head.contains("\r\ncookie: ") || head.hasPrefix("POST ")
    }

    /// Answers all requests so from now on.
    func set(_ script: @escaping Script) {
        books.withLockedValue { $0.script = script }
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter script: decides on requests with a credential; others are told that there is none.
    static func serving(
        tls: NIOSSLContext? = nil, _ script: @escaping Script, _ body: (StandIn) async throws -> Void
    ) async throws {
        let books = NIOLockedValueBox(Books(script: { hasCredential($0) ? script($0) : .none }))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                books.withLockedValue { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(
                        StandInHandler(
                            decide: { head in
                                books.withLockedValue { books in
                                    books.heads.append(head)
                                    return books.script(head)
                                }
                            }, countFlood: { count in books.withLockedValue { $0.flooded += count } }))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(StandIn(channel: channel, books: books))
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }
}

private final class StandInHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let decide: (String) -> StandIn.Behaviour
    private let countFlood: (Int) -> Void
    private var head = ""

    init(decide: @escaping (String) -> StandIn.Behaviour, countFlood: @escaping (Int) -> Void) {
        self.decide = decide
        self.countFlood = countFlood
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        guard isWhole else { return }
        let behaviour = decide(head)
        head = ""
        switch behaviour {
        case .send(let text): send(text, context)
        case .close(let text):
            send(text, context)
            context.close(promise: nil)
        case .drip(let text): drip(Array(text.utf8)[...], context)
        case .flood(let head, let size):
            send(head, context)
            flood(size, context)
        case .silence: break
        }
    }

    /// Whether the head is there, and as much behind it as it says.
    private var isWhole: Bool {
        guard let end = head.firstRange(of: "\r\n\r\n") else { return false }
        let length = head[..<end.lowerBound].split(separator: "\r\n").compactMap { line in
            line.lowercased().hasPrefix("content-length:")
                ? Int(line.dropFirst(15).filter { $0 != " " }) : nil
        }.first
        return head[end.upperBound...].utf8.count >= length ?? 0
    }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func drip(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        guard bytes.count > 1, context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes.prefix(1))), promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(1)) {
            let (handler, context) = bound.value
            handler.drip(bytes.dropFirst(), context)
        }
    }

    /// Sends the next piece when the last one has left, so that only what the other side takes is ever sent.
    private func flood(_ rest: Int, _ context: ChannelHandlerContext) {
        guard rest > 0, context.channel.isActive else { return }
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 65_536)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(piece)).whenSuccess {
            let (handler, context) = bound.value
            handler.countFlood(piece.readableBytes)
            handler.flood(rest - piece.readableBytes, context)
        }
    }
}
