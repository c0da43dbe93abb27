import Authentication
import Bytes
import EventLoop
import HTTP1
import JOSE
import Traces

/// One connection of a gateway: performs on its socket what an `HTTPConnectionState` decides. It decides nothing itself.
///
/// What an event makes is put behind the loop's other output; the loop sends it, in one write. While the client doesn't
/// read it, nothing more is read of the client.
struct HTTPConnection: ~Copyable {
    /// What becomes of the connection when its answers are sent.
    enum Ending {
        case none
        case finish(lingers: Bool)
        case close
    }

    /// A waiting request that keeps less, as a session's cookie does, is not counted among what is held: how many there may be is what
    /// bounds it (`limits.connections`).
    private static let littleBytes = 256

    let socket: Socket
    /// Where the loop has it.
    let slot: Int
    var connection: HTTPConnectionState
    /// What came and could not be used yet: a part of a head, or requests behind one that waits.
    private(set) var input: [UInt8] = []
    /// How many parts of the loop's output are its own.
    var parcels = 0
    /// What the system did not take yet.
    var unsent: [UInt8] = []
    var ending = Ending.none
    var isInputClosed = false
    /// Set when there is more to do and its turn is over.
    var isPaused = false
    /// Whether it stands among those who go on in the next turn.
    var isQueued = false
    /// Set while its TLS handshake waits for a later turn: nothing is read until then.
    var isPostponed = false
    /// What its bytes go through; over when the socket is to be closed: the loop does it.
    var channel = Channel.plain
    /// What the poller was told that it wants to hear of.
    private var registered = (input: true, output: false)

    /// The head of a request whose body still comes; empty when there is none, and for a path that is none of ours.
    private var keptHead: [UInt8] = []
    /// By which version of the bounds that was read.
    private var keptVersion: UInt32 = 0
    /// What the request asks; nil for a path that is none of ours. Counts from when the request has come.
    private var endpoint: Endpoint?
    /// When the thread heard of the last bytes of the request.
    var requestCameAt: Int64 = 0
    /// The request's answer, from when it is known to when it is given.
    private var answer: Answer?
    /// The request, while it waits.
    private var parked: Parked?
    /// How many bytes of it are kept meanwhile; 0 for a little.
    private var parkedBytes = 0
    /// The ticket of the wait; nil when nothing is waited for.
    private var ticket: Ticket?
    /// The request, while it is observed; nil where it is not.
    private var trace: RequestTrace?
    /// Whether the loop was told that anything is kept.
    private(set) var isHolding = false
    /// Set when the process is to end.
    var isDraining = false
    /// Nil while it speaks HTTP/1.
    var http2: HTTP2Connection?
    /// Nil where bytes are sent as they are.
    var tls: TLSConnection?

    /// - Parameter slot: where the loop will have it.
    init(_ socket: consuming Socket, slot: Int, speaking front: GatewayFront, on loop: borrowing WorkerContext) {
        self.socket = socket
        self.slot = slot
        self.connection = HTTPConnectionState(loop.bounds, at: loop.tick)
        switch front {
        case .http: break
        case .secured: beginTLS(on: loop)
        case .calls(let mode): http2 = HTTP2Connection(slot: slot, calls: mode, on: loop)
        }
    }

    /// What it wants to hear of its socket, when that is something else than the poller was told last.
    mutating func changedInterest(within bounds: ConnectionBounds) -> Poller.Interest? {
        let isDeaf = isInputClosed || isPostponed || ((ticket != nil || isPaused) && input.count >= bounds.headerBytes)
        let interest = (input: unsent.isEmpty && !isDeaf, output: !unsent.isEmpty)
        guard interest != registered else { return nil }
        registered = interest
        return Poller.Interest(input: interest.input, output: interest.output)
    }

    /// The socket says something.
    mutating func hear(_ event: Poller.Event, buffer: borrowing ReadBuffer, on loop: inout WorkerContext) {
        // What came before it broke is read to its end, so that closing it resets nothing that the client has yet to read.
        guard !event.isBroken || event.isReadable else { return isOver = true }
        if event.isWritable { sendRest(on: &loop) }
        guard event.isReadable, unsent.isEmpty else { return }
        switch socket.receive(into: buffer) {
        case .bytes(let count): receive(buffer.bytes(first: count), on: &loop)
        case .end: endInput(on: &loop)
        case .nothing: break
        case .failed: isOver = true
        }
    }

    /// The reply to a wait is there.
    mutating func hear(_ reply: EffectReply, for ticket: Ticket, on loop: inout WorkerContext) {
        if let http2 {
            http2.hear(reply, for: ticket, on: &loop)
            return goOn(on: &loop)
        }
        guard self.ticket == ticket else { return }
        resume(with: reply, on: &loop)
        // Behind a request that waits for more nothing goes on.
        if self.ticket == nil { goOn(on: &loop) } else { reportHeld(on: &loop) }
    }

    /// How many of its requests wait for what decides on them.
    var waitingCount: Int { http2?.waitingCount ?? (ticket == nil ? 0 : 1) }

    /// Whether the request whose decision began then waits still.
    func waits(stream: Int, since began: Int64) -> Bool {
        http2?.waits(at: stream, since: began) ?? (ticket != nil && requestCameAt == began)
    }

    /// The decision on the request has taken too long: a reply that still comes for it finds nothing.
    mutating func timeOut(stream: Int = 0, on loop: inout WorkerContext) {
        if let http2 {
            http2.timeOut(stream, on: &loop)
            return goOn(on: &loop)
        }
        guard let parked = takeParked() else { return }
        settle(.answer(loop.resolver.timeOut(parked)), on: &loop)
        goOn(on: &loop)
    }

    /// A tick has passed.
    mutating func tick(on loop: inout WorkerContext) {
        if channel == .secured, isLateInTLS(on: &loop) { return isOver = true }
        if let http2 {
            let outcome = http2.tick(on: &loop)
            // Now, and not when all is sent: it may be that nothing can be.
            if case .close = outcome { return isOver = true }
            take(outcome, on: loop)
            return goOn(on: &loop)
        }
        switch connection.tick(at: loop.tick, within: loop.bounds) {
        case .refuse(let status): refuse(with: status, on: &loop)
        case .close:
            sayGoodbye()
            isOver = true
        default: break
        }
    }

    /// What it holds is needed elsewhere.
    mutating func giveUp(on loop: inout WorkerContext) {
        if let http2, http2.giveUp(loop.held.excess, on: &loop) {
            loop.held.putBack(slot: slot)
            // What came and was not looked at stays: without it, what comes next would be in the middle of a frame.
            return goOn(on: &loop)
        }
        // A client that reads nothing would not read this answer either, and holds the others.
        guard unsent.isEmpty else { return isOver = true }
        guard http2 == nil else { return goOn(on: &loop) }
        guard ticket == nil else {
            // Nobody has said that the credentials are wrong: *unknown*, and whatever came behind it goes.
            connection.drain()
            return timeOut(on: &loop)
        }
        guard case .refuse(let status) = connection.giveUp(within: loop.bounds, at: loop.tick) else {
            return isOver = true
        }
        refuse(with: status, on: &loop)
    }
}

// What comes in.
extension HTTPConnection {
    @inline(__always)
    mutating func receive(_ bytes: RawSpan, on loop: inout WorkerContext) {
        guard input.isEmpty else {
            input.append(copying: bytes)
            return goOn(on: &loop)
        }
        let consumed = run(over: bytes, on: &loop)
        if consumed < bytes.byteCount {
            input.append(copying: bytes.extracting(droppingFirst: consumed))
        } else if parkedBytes == 0, keptHead.isEmpty, !isHolding, http2 == nil {
            return
        }
        reportHeld(on: &loop)
    }

    /// Goes on with what is kept.
    mutating func goOn(on loop: inout WorkerContext) {
        isPaused = false
        defer { reportHeld(on: &loop) }
        guard unsent.isEmpty else { return }
        var kept: [UInt8] = []
        swap(&kept, &input)
        let consumed = run(over: kept.span.bytes, on: &loop)
        if consumed == 0 {
            input = kept
        } else if consumed < kept.count {
            // A copy is as large as what is left.
            input = Array(kept[consumed...])
        }
    }

    /// Tells the loop what is kept while the connection waits.
    mutating func reportHeld(on loop: inout WorkerContext) {
        var bytes = input.capacity + unsent.capacity + keptHead.capacity + parkedBytes + (http2?.memory ?? 0)
        if let tls { bytes += tls.memory }
        guard bytes > 0 || isHolding else { return }
        isHolding = bytes > 0
        let deadline = if let http2 { http2.requestDeadline } else { connection.requestDeadline }
        loop.held.note(bytes: bytes, requestDeadline: deadline, idleDeadline: idleDeadline, in: slot)
    }

    /// Does what the connection says, until it has to wait. Gives how many bytes were consumed.
    @inline(__always)
    private mutating func run(over bytes: RawSpan, on loop: inout WorkerContext) -> Int {
        if let http2 { return run(http2, over: bytes, on: &loop) }
        var offset = 0
        while true {
            let rest = bytes.extracting(droppingFirst: offset)
            let (action, consumed) = connection.advance(over: rest, within: loop.bounds, at: loop.tick)
            offset += consumed
            switch action {
            case .wait: return offset
            case .keep:
                guard connection.head.route != nil else { continue }
                keptHead = [UInt8](copying: rest.extracting(first: connection.head.length))
                keptVersion = loop.bounds.version
            case .decide: decide(in: rest, on: &loop)
            case .proceed: loop.output.append(loop.fixedAnswers.proceed)
            case .respond(let field):
                respond(field, on: &loop)
                guard offset < bytes.byteCount, loop.hasDoneEnough else { continue }
                isPaused = true
                return offset
            case .refuse(let status):
                // Looked for where a head is refused, and nowhere else: it costs a request of HTTP/1 nothing.
                if status == .versionNotSupported, offset == bytes.byteCount, beginsHTTP2(rest) {
                    return beginHTTP2(over: rest, on: &loop)
                }
                refuse(with: status, on: &loop)
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
}

// A request.
extension HTTPConnection {
    @inline(__always)
    private mutating func decide(in bytes: RawSpan, on loop: inout WorkerContext) {
        endpoint = connection.head.route.map(Endpoint.init)
        requestCameAt = loop.now.steady
        guard let endpoint else { return connection.decided() }
        if keptHead.isEmpty {
            let head = bytes.extracting(first: connection.head.length)
            resolve(connection.head, for: endpoint, in: head, on: &loop)
        } else {
            var kept: [UInt8] = []
            swap(&kept, &keptHead)
            var head = connection.head
            // While its body came, other rules did, which may go by fields that nobody looked at. A head that these would not have let in
            // stays as it was read: what is missing of it makes nothing valid.
            if keptVersion != loop.bounds.version {
                head = loop.bounds.head(in: kept.span.bytes) ?? head
            }
            resolve(head, for: endpoint, in: kept.span.bytes, on: &loop)
        }
        if ticket != nil { loop.deadlines.append(slot: slot, began: requestCameAt) }
    }

    @inline(__always)
    private mutating func resolve(
        _ head: RequestHead, for endpoint: Endpoint, in bytes: RawSpan, on loop: inout WorkerContext
    ) {
        var policy: Int?
        if let name = head.policy {
            policy = loop.resolver.policy(named: bytes.extracting(name.range))
            guard policy != nil else {
                self.endpoint = nil
                return connection.decided()
            }
        }
        let request = ResolveRequest(endpoint, fields: head.fields, policy: policy)
        if loop.observer.isOn { trace = loop.observe(request, in: bytes) }
        settle(loop.resolve(request, in: bytes, observing: trace), on: &loop)
    }

    private mutating func settle(_ step: consuming Step, on loop: inout WorkerContext) {
        switch consume step {
        case .answer(let answer):
            self.answer = answer
            connection.decided()
        case .wait(let effect, let parked):
            let prefetch = parked.prefetch
            let bytes = parked.memory + effect.memory
            parkedBytes = bytes < Self.littleBytes ? 0 : bytes
            self.parked = consume parked
            ask(effect, prefetch: prefetch, on: &loop)
        }
    }

    private mutating func ask(_ effect: Effect, prefetch: [RecordQuery], on loop: inout WorkerContext) {
        let ticket = loop.ticket(for: slot)
        self.ticket = ticket
        if let reply = loop.begin(effect, prefetch: prefetch, for: ticket) { return resume(with: reply, on: &loop) }
        trace?.beginWait(SpanName(effect), at: loop.now.steady)
    }

    private mutating func resume(with reply: EffectReply, on loop: inout WorkerContext) {
        guard let parked = takeParked() else { return }
        settle(loop.resume(parked, with: reply, observing: trace), on: &loop)
    }

    @inline(__always)
    private mutating func respond(_ field: ConnectionField, on loop: inout WorkerContext) {
        if let answer = answer.take() {
            loop.append(answer, connection: field)
            if let endpoint { loop.figures.count(at: endpoint, outcome: answer.outcome) }
            if let trace = trace.take() { loop.endObservation(trace, with: answer) }
        } else {
            loop.append(loop.fixedAnswers.notFound, connection: field)
            loop.figures.notFound += 1
        }
        loop.answered(since: requestCameAt)
    }

    /// Takes the request that waits, if one does: a reply that still comes for it finds nothing.
    private mutating func takeParked() -> Parked? {
        ticket = nil
        parkedBytes = 0
        return parked.take()
    }

    /// Drops what there is of a request.
    private mutating func refuse(with status: ErrorStatus, on loop: inout WorkerContext) {
        keptHead = []
        input = []
        reportHeld(on: &loop)
        loop.append(loop.fixedAnswers.error(status), connection: .close)
        loop.figures.count(error: status)
        ending = .finish(lingers: true)
    }
}

// What goes out.
extension HTTPConnection {
    /// Sends the output of an event, a part of the loop's; then ends the connection if it is to end.
    @inline(__always)
    mutating func send(_ output: Range<Int>, on loop: inout WorkerContext) {
        parcels -= 1
        guard channel == .plain else { return sendSecured(output, on: &loop) }
        guard let count = unsent.isEmpty ? socket.send(loop.output.bytes(in: output)) : 0 else { return isOver = true }
        guard count < output.count else { return end() }
        unsent.append(copying: loop.output.bytes(in: output.dropFirst(count)))
        setBlocked(true, on: loop)
        reportHeld(on: &loop)
    }

    /// The client reads again.
    mutating func sendRest(on loop: inout WorkerContext) {
        guard let count = socket.send(unsent.span.bytes) else { return isOver = true }
        guard count == unsent.count else { return unsent.removeFirst(count) }
        unsent = []
        reportHeld(on: &loop)
        setBlocked(false, on: loop)
        end()
        goOn(on: &loop)
    }
}
