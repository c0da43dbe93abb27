import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Tells of a request whether the connection that ended before its answer began was kept from an earlier one. AsyncHTTPClient says of
/// neither, so this stands in each connection's pipeline, between the bytes and what is made of them.
final class ConnectionEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart

    /// Set once a request was answered on the connection.
    private var isKept = false
    /// From a request's head on until the first byte of its answer.
    private var isUnanswered = false

    /// Puts one into the pipeline of a connection that has been made.
    @Sendable static func watch(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(ConnectionEnd(), position: .before(decoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { isUnanswered = true }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        (isKept, isUnanswered) = (true, false)
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isEnd = error is IOError || error as? NIOSSLError == .uncleanShutdown
        if isUnanswered, isEnd { fail(context) } else { context.fireErrorCaught(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isUnanswered { fail(context) }
        context.fireChannelInactive()
    }

    private func fail(_ context: ChannelHandlerContext) {
        isUnanswered = false
        context.fireErrorCaught(RequestFailure.unanswered(isKept: isKept))
    }
}
