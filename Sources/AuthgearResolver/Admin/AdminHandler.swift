import NIOCore
import NIOHTTP1

/// Answers one request of the admin listener and closes the connection.
final class AdminHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let maximumBodyBytes = 64 << 10
    /// So long what changes something may take: a reload above all.
    private static let changeTimeout = TimeAmount.seconds(120)

    /// Takes the request; it is replied to on any thread, unless the process is ending.
    private let ask: @Sendable (AdminQuestion) -> Void
    private let gate: NIOLoopBoundBox<AcceptGate>
    /// From the connection's begin to its end.
    private let timeout: TimeAmount
    private var head: HTTPRequestHead?
    /// Set when the request was read; what comes behind it is not.
    private var isAnswering = false
    private var bodyBytes = 0
    private var end: Scheduled<Void>?

    init(
        _ gate: NIOLoopBoundBox<AcceptGate>, timeout: TimeAmount, ask: @escaping @Sendable (AdminQuestion) -> Void
    ) {
        self.gate = gate
        self.timeout = timeout
        self.ask = ask
    }

    func channelActive(context: ChannelHandlerContext) {
        setEnd(in: timeout, on: context)
    }

    private func setEnd(in time: TimeAmount, on context: ChannelHandlerContext) {
        end?.cancel()
        let channel = context.channel
        end = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where self.head == nil: self.head = head
        case .head: break
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            if bodyBytes > Self.maximumBodyBytes { context.close(promise: nil) }
        case .end:
            guard let head, !isAnswering else { return }
            isAnswering = true
            gate.value.hear(context.channel)
            if head.method == .POST { setEnd(in: Self.changeTimeout, on: context) }
            answer(to: head, on: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(to head: HTTPRequestHead, on context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ask(
            AdminQuestion(request: AdminRequest(head)) { answer in
                bound.eventLoop.execute {
                    let (handler, context) = bound.value
                    if context.channel.isActive { handler.write(answer, to: head, on: context) }
                }
            })
    }

    private func write(_ answer: AdminAnswer, to head: HTTPRequestHead, on context: ChannelHandlerContext) {
        var fields = HTTPHeaders(answer.fields.map { ($0.name, $0.value) })
        fields.add(name: "Content-Length", value: "\(answer.body.count)")
        fields.add(name: "Connection", value: "close")
        let status = HTTPResponseStatus(statusCode: answer.status)
        let response = HTTPResponseHead(version: .http1_1, status: status, headers: fields)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if head.method != .HEAD {
            let body = context.channel.allocator.buffer(bytes: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }
}

/// A request that waits for its page.
struct AdminQuestion: Sendable {
    let request: AdminRequest
    let reply: @Sendable (AdminAnswer) -> Void
}
