package import EventLoop
package import NIOCore
import NIOPosix

/// A gateway's connection on a real socket. Waits for what comes, never for time.
package struct SocketClient: Sendable {
    /// Collects what comes and tells those who wait for it.
    final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var text = ""
        private var hasEnded = false
        private var waiters: [(answers: Int?, promise: EventLoopPromise<String>)] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            wake()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { end() }
        }

        func channelInactive(context: ChannelHandlerContext) { end() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            for waiter in waiters { waiter.promise.fail(error) }
            waiters = []
            context.close(promise: nil)
        }

        func wait(answers: Int?, _ promise: EventLoopPromise<String>) {
            waiters.append((answers, promise))
            wake()
        }

        private func end() {
            hasEnded = true
            wake()
        }

        private func wake() {
            guard let (answers, promise) = waiters.first else { return }
            let parts = text.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
            if let answers, parts.count > answers {
                promise.succeed(parts.prefix(answers).map { "\($0)\r\n\r\n" }.joined())
                text = parts.dropFirst(answers).joined(separator: "\r\n\r\n")
            } else if hasEnded {
                if answers == nil { promise.succeed(text) } else { promise.fail(ChannelError.eof) }
                text = ""
            } else {
                return
            }
            waiters.removeFirst()
            wake()
        }
    }

    private let channel: any Channel
    private let collector: NIOLoopBound<Collector>

    package init(_ address: ListenAddress, on group: any EventLoopGroup) async throws {
        let bootstrap = ClientBootstrap(group: group).channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector())
                }
            }
        switch address {
        case .tcp(let host, let port): channel = try await bootstrap.connect(host: host, port: port).get()
        case .unix(let path): channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
        let channel = channel
        collector = try await channel.eventLoop.submit {
            let collector = try channel.pipeline.syncOperations.handler(type: Collector.self)
            return NIOLoopBound(collector, eventLoop: channel.eventLoop)
        }.get()
    }

    package func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// The next answers, without dates.
    package func receive(answers: Int = 1) async throws -> String {
        Stage.withoutDates(try await wait(answers: answers))
    }

    /// All that comes until the listener says that nothing more will.
    package func receiveToEnd() async throws -> String {
        Stage.withoutDates(try await wait(answers: nil))
    }

    package func close() async throws {
        try await channel.close()
    }

    private func wait(answers: Int?) async throws -> String {
        let collector = collector
        return try await withTaskCancellationHandler {
            try await channel.eventLoop.flatSubmit {
                let promise = channel.eventLoop.makePromise(of: String.self)
                collector.value.wait(answers: answers, promise)
                return promise.futureResult
            }.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
