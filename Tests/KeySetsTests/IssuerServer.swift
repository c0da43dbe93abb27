import Fixtures
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What the test issuer answers to a GET.
enum Page: Sendable {
    case answer(Int, [String: String] = [:], String = "")
    /// A body of so many bytes in chunks, without saying how long it will be.
    case flood(Int)
    /// The head and a byte of the body, and then nothing more.
    case stall
    case silence
    /// Bytes that are no HTTP.
    case raw(String)

    static func keys(_ kids: String..., age: String? = nil) -> Page {
        .answer(200, age.map { ["cache-control": $0] } ?? [:], jwks(kids))
    }

    static func redirect(_ location: String?, status: Int = 302) -> Page {
        .answer(status, location.map { ["location": $0] } ?? [:])
    }
}

extension Page: CustomStringConvertible {
    var description: String {
        switch self {
        case .answer(let status, let fields, let body): "answer \(status) \(fields) \(LongText(body))"
        case .flood(let count): "flood of \(count) bytes"
        case .stall: "stall"
        case .silence: "silence"
        case .raw(let bytes): "raw \(LongText(bytes))"
        }
    }
}

/// An issuer on a free port of 127.0.0.1 that counts what it is asked.
final class IssuerServer: Sendable {
    private let channel: any Channel
    private let pages: NIOLockedValueBox<[String: Page]>
    private let heads = NIOLockedValueBox<[HTTPRequestHead]>([])
    private let floodedBytes = NIOLockedValueBox(0)
    let isSecure: Bool

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "\(isSecure ? "https://localhost" : "http://127.0.0.1"):\(port)" }
    /// The paths of all requests, in order.
    var requests: [String] { heads.withLockedValue { $0.map(\.uri) } }

    /// What the requests said of a header, in order.
    func values(of name: String) -> [[String]] { heads.withLockedValue { $0.map { $0.headers[name] } } }

    /// How many bytes of floods have left.
    var flooded: Int { floodedBytes.withLockedValue { $0 } }

    private init(channel: any Channel, pages: [String: Page], isSecure: Bool) {
        self.channel = channel
        self.pages = NIOLockedValueBox(pages)
        self.isSecure = isSecure
    }

    func set(_ path: String, _ page: Page) {
        pages.withLockedValue { $0[path] = page }
    }

    fileprivate func page(for head: HTTPRequestHead) -> Page {
        heads.withLockedValue { $0.append(head) }
        return pages.withLockedValue { $0[head.uri] } ?? .answer(404)
    }

    fileprivate func countFlood(_ bytes: Int) {
        floodedBytes.withLockedValue { $0 += bytes }
    }

    /// Serves the pages while `body` runs.
    static func serving(
        _ pages: [String: Page] = [:], tls: NIOSSLContext? = nil, _ body: (IssuerServer) async throws -> Void
    ) async throws {
        let owner = NIOLockedValueBox<IssuerServer?>(nil)
        let handler: @Sendable () -> PageHandler = { PageHandler { owner.withLockedValue { $0 } } }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(handler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = IssuerServer(channel: channel, pages: pages, isSecure: tls != nil)
        owner.withLockedValue { $0 = server }
        do {
            try await body(server)
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }
}

private final class PageHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: () -> IssuerServer?
    private var head: HTTPRequestHead?

    init(server: @escaping () -> IssuerServer?) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        switch head.flatMap({ server()?.page(for: $0) }) {
        case .answer(let status, let headers, let body):
            var fields = HTTPHeaders(headers.map { ($0, $1) })
            fields.add(name: "content-length", value: "\(body.utf8.count)")
            send(.head(.init(version: .http1_1, status: .init(statusCode: status), headers: fields)), context)
            send(.body(.byteBuffer(ByteBuffer(string: body))), context)
            send(.end(nil), context)
        case .flood(let size):
            send(.head(.init(version: .http1_1, status: .ok)), context)
            flood(size, context)
        case .stall:
            send(.head(.init(version: .http1_1, status: .ok, headers: ["content-length": "100"])), context)
            send(.body(.byteBuffer(ByteBuffer(string: "{"))), context)
        case .raw(let text):
            let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            encoder?.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
            context.close(promise: nil)
        case .silence, nil: break
        }
    }

    /// Sends the next piece when the last one has left, so that only what the other side takes is ever sent.
    private func flood(_ rest: Int, _ context: ChannelHandlerContext) {
        guard rest > 0, context.channel.isActive else { return }
        let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 65_536)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        context.value.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece)))).whenSuccess {
            handler.value.server()?.countFlood(piece.readableBytes)
            handler.value.flood(rest - piece.readableBytes, context.value)
        }
    }

    private func send(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(part), promise: nil)
    }
}
