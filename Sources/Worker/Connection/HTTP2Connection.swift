import Authentication
import Bytes
import EventLoop
import ExtAuthz
import HTTP1
import HTTP2
import JOSE
import Traces

/// The HTTP/2 of a gateway's connection: performs what an `HTTP2ConnectionState` decides. Its socket, and what leaves on it, are
/// the `HTTPConnection`'s that has it.
///
/// An object, for most connections have none. It is its loop's alone.
final class HTTP2Connection {
    /// What becomes of the connection.
    enum Outcome {
        case wait
        /// There is more to do, and its turn is over.
        case pause
        case finish(lingers: Bool)
        case close
    }

    /// Where the loop has the connection.
    private let slot: Int
    var state: HTTP2ConnectionState
    /// What a call asks that does not say it; nil where requests of HTTP come.
    private let callMode: CheckMode?
    /// The requests that wait, by the numbers of their streams.
    private var waiting: [WaitingRequest?] = []
    private var waitingBytes = 0

    /// - Parameter mode: what a call asks that does not say it; nil: requests of HTTP come.
    init(slot: Int, calls mode: CheckMode? = nil, on loop: borrowing WorkerContext) {
        (self.slot, callMode) = (slot, mode)
        state = HTTP2ConnectionState(loop.bounds, at: loop.tick, isRaw: mode != nil)
    }

    /// Does what the connection says, until it has to wait. What is to be sent is in the loop's output then.
    ///
    /// - Returns: what becomes of it, and how many bytes were consumed.
    func run(over bytes: RawSpan, on loop: inout WorkerContext) -> (outcome: Outcome, consumed: Int) {
        var offset = 0
        while true {
            let (action, consumed) = state.advance(
                over: bytes.extracting(droppingFirst: offset), within: loop.bounds, at: loop.tick,
                now: loop.now.steady)
            offset += consumed
            switch action {
            case .wait:
                // What has left may have been the last thing to do.
                guard !flush(to: &loop) else { continue }
                return (.wait, offset)
            case .decide(let stream, let head):
                if let callMode {
                    decideCall(of: stream, asking: callMode, on: &loop)
                } else {
                    decide(head, of: stream, on: &loop)
                }
                flush(to: &loop)
                if offset < bytes.byteCount, loop.hasDoneEnough { return (.pause, offset) }
            case .refuse(let stream, let status): refuse(stream, with: status, on: &loop)
            case .forget(let stream): _ = take(stream)
            case .finish(let lingers):
                flush(to: &loop)
                return (.finish(lingers: lingers), bytes.byteCount)
            case .close: return (.close, bytes.byteCount)
            }
        }
    }

    /// Puts what is to be sent behind the loop's output.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    private func flush(to loop: inout WorkerContext) -> Bool {
        var hasSent = false
        while state.withNextOutput({ loop.output.append(copying: $0) }) { hasSent = true }
        return hasSent
    }

    /// How many bytes are kept while the connection waits.
    var memory: Int { state.memory + waitingBytes }

    var requestDeadline: Int? { state.requestDeadline }

    /// When it will have been idle for too long; nil while there is a request.
    var idleDeadline: Int? { state.idleEnd }

    func inputClosed() { state.inputClosed() }

    func setBlocked(_ isBlocked: Bool, on loop: borrowing WorkerContext) {
        state.setBlocked(isBlocked, within: loop.bounds, at: loop.tick)
    }

    /// A tick has passed. Run over nothing afterwards.
    func tick(on loop: inout WorkerContext) -> Outcome {
        while true {
            switch state.tick(at: loop.tick, within: loop.bounds) {
            case .refuse(let stream, let status): refuse(stream, with: status, on: &loop)
            case .finish(let lingers):
                flush(to: &loop)
                return .finish(lingers: lingers)
            case .close: return .close
            default: return .wait
            }
        }
    }

    /// The process is to end. Run over nothing afterwards.
    func drain() { state.drain() }

    /// Who has had time to hear of it. Run over nothing afterwards.
    func endSilence() { state.endSilence() }

    /// What it holds is needed elsewhere. A gateway's connection is that of many clients: only as many lose their requests as have to,
    /// those first who hold most. Who is not complete is refused; nobody has said that the credentials of one that waits are wrong:
    /// *unknown*. When all of that is not enough, nothing more is taken. Run over nothing afterwards.
    ///
    /// - Parameter excess: how many bytes are to be free.
    /// - Returns: whether they are, and the connection goes on.
    func giveUp(_ excess: Int, on loop: inout WorkerContext) -> Bool {
        let goal = memory - excess
        for stream in state.incomplete where memory > goal {
            state.giveUp(stream)
            refuse(stream, with: .requestTimeout, on: &loop)
            // Its stream is closed then, and what is kept of the answer as well.
            flush(to: &loop)
        }
        guard memory > goal else { return true }
        for stream in waitingBySize where memory > goal {
            timeOut(stream, on: &loop)
            flush(to: &loop)
        }
        guard memory > goal else { return true }
        state.giveUp()
        return false
    }

    /// The streams of the requests that wait, those first that hold most, and of these the oldest.
    private var waitingBySize: [Int] {
        let streams = waiting.indices.compactMap { stream in
            waiting[stream].map { (stream: stream, bytes: $0.bytes, cameAt: $0.cameAt) }
        }
        return streams.sorted { ($1.bytes, $0.cameAt) < ($0.bytes, $1.cameAt) }.map(\.stream)
    }
}

// A request.
extension HTTP2Connection {
    private func decide(_ head: RequestHead, of stream: Int, on loop: inout WorkerContext) {
        guard let route = head.route else { return respondNotFound(stream, on: &loop) }
        guard state.isCurrent else {
            return respond(
                loop.resolver.outdated(), at: Endpoint(route), to: stream, since: loop.now.steady, spelled: [],
                observed: nil, on: &loop)
        }
        var request = ResolveRequest(Endpoint(route), fields: head.fields)
        if let name = head.policy {
            guard let policy = loop.resolver.policy(named: state.lines.extracting(name.range)) else {
                return respondNotFound(stream, on: &loop)
            }
            request.policy = policy
        }
        let trace = loop.observer.isOn ? loop.observe(request, in: state.lines) : nil
        let step = loop.resolve(request, in: state.lines, observing: trace)
        begin(step, for: request.endpoint, of: stream, until: .max, spelled: [], observed: trace, on: &loop)
    }

    /// Resolves what a call asks about.
    ///
    /// - Parameters:
    ///   - lines: the bytes that the request's places are of.
    ///   - deadline: from when on nobody waits for the answer, on the steady clock.
    ///   - spelled: the client's fields that a backend may take for ours.
    ///   - context: the trace that the call itself is of; nil: it says nothing.
    func resolve(
        _ request: ResolveRequest, in lines: [UInt8], for stream: Int, until deadline: Int64, spelled: [UInt8],
        within context: TraceContext?, on loop: inout WorkerContext
    ) {
        let trace = loop.observer.isOn ? loop.observe(request, in: lines.span.bytes, of: context) : nil
        let step = loop.resolve(request, in: lines.span.bytes, observing: trace)
        begin(step, for: request.endpoint, of: stream, until: deadline, spelled: spelled, observed: trace, on: &loop)
    }

    private func begin(
        _ step: consuming Step, for endpoint: Endpoint, of stream: Int, until deadline: Int64, spelled: [UInt8],
        observed trace: RequestTrace?, on loop: inout WorkerContext
    ) {
        let waiter: WaitingRequest
        switch consume step {
        case .answer(let answer):
            return respond(
                answer, at: endpoint, to: stream, since: loop.now.steady, spelled: spelled, observed: trace, on: &loop)
        case .wait(let effect, let parked):
            waiter = WaitingRequest(
                for: endpoint, cameAt: loop.now.steady, deadline: deadline, spelled: spelled,
                names: loop.checks.version, trace: trace)
            put(waiter, at: stream)
            // A call whose time is up begins no look-up.
            guard loop.now.steady < deadline else {
                waiter.park(parked, bytes: 0)
                return timeOut(stream, on: &loop)
            }
            wait(for: effect, parked, as: waiter, of: stream, on: &loop)
        }
        if waiter.ticket != nil { loop.deadlines.append(slot: slot, stream: stream, began: waiter.cameAt) }
    }

    private func settle(
        _ step: consuming Step, of waiter: WaitingRequest, at stream: Int, on loop: inout WorkerContext
    ) {
        switch consume step {
        case .answer(let answer):
            _ = take(stream)
            // Of a client's fields, those were noted that a backend could take for ours when the call came.
            let isOutdated = callMode != nil && waiter.names != loop.checks.version && answer.letsIn
            respond(
                isOutdated ? loop.resolver.outdated() : answer, at: waiter.endpoint, to: stream, since: waiter.cameAt,
                spelled: waiter.spelled, observed: waiter.trace, on: &loop)
        case .wait(let effect, let parked): wait(for: effect, parked, as: waiter, of: stream, on: &loop)
        }
    }

    private func wait(
        for effect: Effect, _ parked: consuming Parked, as waiter: WaitingRequest, of stream: Int,
        on loop: inout WorkerContext
    ) {
        let prefetch = parked.prefetch
        waitingBytes -= waiter.bytes
        waiter.park(parked, bytes: parked.memory + effect.memory)
        waitingBytes += waiter.bytes
        let ticket = loop.ticket(for: slot, stream: stream)
        waiter.ticket = ticket
        if let reply = loop.begin(effect, prefetch: prefetch, for: ticket) {
            return resume(waiter, of: stream, with: reply, on: &loop)
        }
        waiter.trace?.beginWait(SpanName(effect), at: loop.now.steady)
    }

    private func resume(
        _ waiter: WaitingRequest, of stream: Int, with reply: EffectReply, on loop: inout WorkerContext
    ) {
        waitingBytes -= waiter.bytes
        guard let parked = waiter.take() else { return }
        // Past its deadline nobody waits for the answer: no further look-up is begun for it.
        guard loop.now.steady < waiter.deadline else {
            return settle(.answer(loop.resolver.timeOut(parked)), of: waiter, at: stream, on: &loop)
        }
        settle(loop.resume(parked, with: reply, observing: waiter.trace), of: waiter, at: stream, on: &loop)
    }

    /// The reply to a wait is there. Run over nothing afterwards.
    func hear(_ reply: EffectReply, for ticket: Ticket, on loop: inout WorkerContext) {
        guard let waiter = waiter(at: ticket.stream), waiter.ticket == ticket else { return }
        resume(waiter, of: ticket.stream, with: reply, on: &loop)
    }

    /// Whether the request whose decision began then waits still.
    func waits(at stream: Int, since began: Int64) -> Bool {
        waiter(at: stream).map { $0.ticket != nil && $0.cameAt == began } ?? false
    }

    /// The decision on a request has taken too long. Run over nothing afterwards.
    func timeOut(_ stream: Int, on loop: inout WorkerContext) {
        guard let waiter = take(stream), let parked = waiter.take() else { return }
        respond(
            loop.resolver.timeOut(parked), at: waiter.endpoint, to: stream, since: waiter.cameAt,
            spelled: waiter.spelled, observed: waiter.trace, on: &loop)
    }

    /// How many requests wait.
    var waitingCount: Int { waiting.count { $0 != nil } }

    private func waiter(at stream: Int) -> WaitingRequest? { waiting.indices.contains(stream) ? waiting[stream] : nil }

    private func put(_ waiter: WaitingRequest, at stream: Int) {
        while waiting.count <= stream { waiting.append(nil) }
        waiting[stream] = waiter
    }

    private func take(_ stream: Int) -> WaitingRequest? {
        guard waiting.indices.contains(stream), let waiter = waiting[stream].take() else { return nil }
        waitingBytes -= waiter.bytes
        return waiter
    }
}

// An answer.
extension HTTP2Connection {
    private func respond(
        _ answer: Answer, at endpoint: Endpoint, to stream: Int, since cameAt: Int64, spelled: [UInt8],
        observed trace: RequestTrace?, on loop: inout WorkerContext
    ) {
        loop.compose(answer)
        if callMode == nil {
            send(to: stream, on: &loop)
        } else {
            sendCheck(to: stream, spelled: spelled, on: &loop)
        }
        loop.figures.count(at: endpoint, outcome: answer.outcome)
        if let trace { loop.endObservation(trace, with: answer) }
        loop.answered(since: cameAt)
    }

    private func respondNotFound(_ stream: Int, on loop: inout WorkerContext) {
        loop.compose(loop.fixedAnswers.notFound)
        send(to: stream, on: &loop)
        loop.figures.notFound += 1
        loop.answered(since: loop.now.steady)
    }

    private func refuse(_ stream: Int, with status: ErrorStatus, on loop: inout WorkerContext) {
        guard callMode == nil else { return refuseCall(stream, with: status, on: &loop) }
        loop.compose(loop.fixedAnswers.error(status))
        send(to: stream, on: &loop)
        loop.figures.count(error: status)
    }

    private func send(to stream: Int, on loop: inout WorkerContext) {
        state.respond(to: stream, with: loop.composed.span.bytes, within: loop.bounds, at: loop.tick)
    }
}
