import Bytes
import NIOCore
import Resolution
import Tokens

/// Performs what a `Connection` decides, on a channel. It decides nothing itself.
///
/// Whatever happens runs as one batch of its loop: all answers that an event makes leave in one write.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a parked request was told.
    enum Reply: Sendable {
        case record(RecordReply)
        case key(KeyReply)
    }

    /// What becomes of the channel at the end of the batch.
    private enum Ending {
        case none
        case finish(lingers: Bool)
        case close
    }

    /// Answers of one connection that are written before the batch goes on.
    private static let fullOutput = 64 << 10

    private let loop: ListenerLoop
    /// Where the loop's list of connections has this one.
    var slot = 0
    private var connection: Connection
    /// Nil before the channel is active and after it was closed.
    private var context: ChannelHandlerContext?
    /// What came and could not be used yet: a part of a head, or requests behind one that waits.
    private var input: ByteBuffer?
    private var ending = Ending.none
    /// Set while the client doesn't read its answers.
    private var isBlocked = false
    private var isInputClosed = false

    /// What the request asks; nil for a path that is none of ours. Counts from when a head was read.
    private var endpoint: Endpoint?
    /// When the request was complete.
    private var startedAt: Int64 = 0
    /// The request's answer, while its body is drained.
    private var answer: Answer?
    /// The request, while it waits.
    private var parked: Parked?
    private var isParked = false
    /// Numbers the waits, so that a reply that comes too late finds nothing.
    private var wait = 0
    /// Set while a question is asked, and what was replied meanwhile.
    private var isAsking = false
    private var promptReply: Reply?

    init(_ loop: ListenerLoop) {
        self.loop = loop
        self.connection = Connection(loop.bounds, at: loop.tick)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        readMore()
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard self.context != nil else { return }
        self.context = nil
        forget()
        input = nil
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if loop.isBusy {
            // A read within a batch: NIO empties a failed socket from within a write.
            keep(buffer)
        } else {
            loop.begin()
            receive(buffer)
            end()
        }
        loop.readBuffers.giveBack(buffer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        readMore()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isBlocked = !context.channel.isWritable
        connection.setBlocked(isBlocked, loop.bounds, at: loop.tick)
        guard !isBlocked else { return }
        goOn()
        readMore()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        isInputClosed = true
        connection.inputClosed()
        goOn()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

// What the loop says.
extension ConnectionHandler {
    func tick() {
        switch connection.tick(loop.tick, loop.bounds) {
        case .refuse(let status):
            loop.batch { [self] in
                refuse(status)
                flush()
            }
        case .close: abort()
        default: break
        }
    }

    func drain() {
        if case .close = connection.drain() { abort() }
    }

    func abort() {
        context?.close(promise: nil)
    }

    /// Takes the reply to wait number `number`.
    func deliver(_ reply: Reply, _ number: Int) {
        guard isParked, number == wait else { return }
        if isAsking {
            promptReply = reply
        } else {
            loop.batch { [self] in
                guard isParked, number == wait else { return }
                resume(reply)
                runKept()
                flush()
                readMore()
            }
        }
    }
}

// A batch.
extension ConnectionHandler {
    /// Goes on with what is kept.
    private func goOn() {
        loop.batch { [self] in
            runKept()
            flush()
        }
    }

    private func end() {
        flush()
        loop.end()
    }

    private func receive(_ buffer: ByteBuffer) {
        guard input == nil, !isBlocked else {
            keep(buffer)
            return runKept()
        }
        let consumed = run(over: buffer.readableBytesSpan)
        guard consumed < buffer.readableBytes else { return }
        var rest = buffer
        rest.moveReaderIndex(forwardBy: consumed)
        keep(rest)
    }

    /// Keeps bytes behind those that are kept.
    private func keep(_ buffer: ByteBuffer) {
        var kept = input.take() ?? ByteBuffer()
        kept.writeImmutableBuffer(buffer)
        // Reading stops long before; NIO reads on only when the client has closed its side.
        guard kept.readableBytes <= 4 * loop.bounds.headerBytes + 4 * ReadBuffers.capacity else {
            ending = .close
            return
        }
        input = kept
    }

    private func runKept() {
        guard !isBlocked else { return }
        guard var kept = input.take() else {
            _ = run(over: RawSpan())
            return
        }
        let consumed = run(over: kept.readableBytesSpan)
        guard consumed < kept.readableBytes, context != nil else { return }
        kept.moveReaderIndex(forwardBy: consumed)
        kept.discardReadBytes()
        input = kept
    }

    /// Does what the connection says, until it has to wait. Gives how many bytes were consumed.
    private func run(over bytes: RawSpan) -> Int {
        var offset = 0
        while true {
            let rest = bytes.extracting(droppingFirst: offset)
            let (action, consumed) = connection.advance(over: rest, loop.bounds, at: loop.tick)
            offset += consumed
            switch action {
            case .wait: return offset
            case .decide(let head): decide(head, rest.extracting(first: consumed))
            case .proceed: loop.output.writeBytes(loop.fixedAnswers.proceed)
            case .respond(let field):
                respond(field)
                guard !isFull() else { return offset }
            case .refuse(let status):
                refuse(status)
                return bytes.byteCount
            case .finish(let lingers):
                ending = .finish(lingers: lingers)
                return bytes.byteCount
            case .close:
                ending = .close
                return bytes.byteCount
            }
        }
    }

    /// Whether the client has to read before more is answered.
    private func isFull() -> Bool {
        guard loop.output.readableBytes >= Self.fullOutput else { return false }
        flush()
        loop.output.clear()
        return isBlocked || context == nil
    }

    /// Writes the batch's answers; then ends the connection if it is to end.
    private func flush() {
        guard let context else { return }
        let output = loop.output
        let ending = ending
        self.ending = .none
        switch ending {
        case .none:
            if output.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
        case .finish(lingers: true) where !isInputClosed:
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
            context.close(mode: .output, promise: nil)
        case .finish:
            let written = context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
            context.writeAndFlush(wrapOutboundOut(output), promise: written)
        case .close: context.close(promise: nil)
        }
    }

    /// Reads on, unless enough is waiting already.
    private func readMore() {
        guard let context, !isBlocked, !isInputClosed else { return }
        if isParked, let input, input.readableBytes >= loop.bounds.headerBytes { return }
        context.read()
    }
}

// A request.
extension ConnectionHandler {
    private func decide(_ head: RequestHead, _ bytes: RawSpan) {
        endpoint = head.endpoint
        startedAt = loop.now.steady
        guard head.endpoint != nil else { return connection.decided() }
        settle(loop.resolver.resolve(head.arrival, in: bytes, now: loop.now.timestamp))
    }

    private func settle(_ step: consuming Step) {
        switch consume step {
        case .answer(let answer):
            self.answer = answer
            connection.decided()
        case .wait(let need, let parked):
            self.parked = consume parked
            ask(need)
        }
    }

    private func ask(_ need: Need) {
        wait &+= 1
        isParked = true
        isAsking = true
        let number = wait
        switch need {
        case .record(let query):
            loop.effects.lookUp(query) { [self] reply in deliver(.record(reply), number) }
        case .key(let key):
            let handler = NIOLoopBound(self, eventLoop: loop.eventLoop)
            loop.effects.find(key) { reply in
                handler.eventLoop.execute { handler.value.deliver(.key(reply), number) }
            }
        }
        isAsking = false
        if let reply = promptReply.take() { resume(reply) }
    }

    private func resume(_ reply: Reply) {
        isParked = false
        guard let parked = parked.take() else { return }
        let now = loop.now.timestamp
        switch reply {
        case .record(let reply): settle(loop.resolver.resume(parked, with: reply, now: now))
        case .key(let reply): settle(loop.resolver.resume(parked, with: reply, now: now))
        }
    }

    private func respond(_ field: ConnectionField) {
        if let answer = answer.take() {
            loop.append(answer.head, field)
            if let endpoint { loop.figures.count(endpoint, answer.outcome) }
        } else {
            loop.append(loop.fixedAnswers.notFound, field)
            loop.figures.notFound += 1
        }
        loop.answered(since: startedAt)
    }

    private func refuse(_ status: ErrorStatus) {
        forget()
        input = nil
        loop.append(loop.fixedAnswers.error(status), .close)
        loop.figures.count(status)
        ending = .finish(lingers: true)
    }

    /// Drops the request; a reply that still comes for it finds nothing.
    private func forget() {
        wait &+= 1
        isParked = false
        parked = nil
        answer = nil
    }
}
