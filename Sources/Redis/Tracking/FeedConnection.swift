package import NIOCore

/// The connection on which Redis tells what changed, at work: performs what `FeedState` says, and decides nothing.
package final class FeedConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What happens to the connection, told to whoever made it.
    package struct Events {
        package var told: (FeedState.Received) -> Void
        /// Once, and last: it is gone, or never came about.
        package var closed: (ConnectionFailure) -> Void

        package init(
            told: @escaping (FeedState.Received) -> Void, closed: @escaping (ConnectionFailure) -> Void
        ) {
            self.told = told
            self.closed = closed
        }
    }

    private let eventLoop: any EventLoop
    private var state: FeedState
    private var reader = ReplyReader()
    /// Until when the set-up must be done.
    private let readyBy: NIODeadline
    /// Nil once `closed` was told.
    private var events: Events?
    /// Set while the channel is active.
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    package init(_ configuration: RedisConfiguration, on eventLoop: any EventLoop, events: Events) {
        self.eventLoop = eventLoop
        self.state = FeedState(
            setUp: SetUpCommand.feedCommands(for: configuration.address),
            patience: configuration.commandTimeout + configuration.commandTimeout)
        self.readyBy = eventLoop.now + configuration.connectTimeout
        self.events = events
    }

    /// Asks whether the server is still there, or gives it up.
    package func beat() {
        switch state.beat(nonce: .random(in: .min ... .max), at: eventLoop.now) {
        case .none: break
        case .send(let nonce): send([[Array("PING".utf8), nonce]])
        case .stuck: close(because: .stuck)
        }
    }

    package func close(because failure: ConnectionFailure) {
        guard let events else { return }
        self.events = nil
        timer?.cancel()
        state.closed()
        context?.close(promise: nil)
        context = nil
        events.closed(failure)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard events != nil else { return context.close(promise: nil) }
        guard self.context == nil else { return }
        self.context = context
        send(state.connected(at: eventLoop.now).map(\.arguments))
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: readyBy) {
            if !self.state.isListening { self.close(because: .silent) }
        }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let bytes = unwrapInboundIn(data)
            try reader.read(bytes.readableBytesSpan) { reply in
                receive(FeedMessage(reply))
                return events != nil
            }
        } catch {
            close(because: .nonsense(error))
        }
    }

    private func receive(_ message: FeedMessage) {
        let received = state.received(message)
        switch received {
        case .settingUp: break
        case .setUpRefused(let command, let error): close(because: .refused(command, error))
        case .unsolicited: close(because: .unsolicited)
        case .listening, .changed, .everythingChanged, .alive: events?.told(received)
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        close(because: hangUp)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(because: error is IOError ? hangUp : ConnectionFailure(error))
    }

    /// The server ended the connection, in whichever way.
    private var hangUp: ConnectionFailure { state.isListening ? .closedByServer : .turnedAway }

    private func send(_ commands: [[[UInt8]]]) {
        var buffer = CommandBuffer()
        for command in commands { buffer.append(command) }
        context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: buffer.unwritten)), promise: nil)
    }
}
