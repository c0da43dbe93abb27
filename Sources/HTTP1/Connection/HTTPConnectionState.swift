import Bytes

/// One HTTP/1.1 connection without its socket. Takes the bytes that came; gives what to do next. The target imports Bytes
/// alone: it knows where a request's fields stand, and not what they mean.
///
/// A request is read, its body drained, decided on, answered; then the next one is read. So answers leave in the order of
/// their requests, and what a client sends ahead waits. Nothing is decided before the whole request has come: its answer
/// could not leave, and would be older than the request when it does.
@usableFromInline
package struct HTTPConnectionState: ~Copyable {
    private enum Phase: UInt8 {
        /// Between requests, or within a head.
        case head
        /// A head was read, and not all of the body that follows it.
        case body
        /// The whole request has come; it is not answered yet.
        case request
        /// The last answer was given.
        case finished
        /// The last answer was given to a client that may still send: what comes is thrown away.
        case lingering
        /// Nothing is read or answered any more.
        case closed
    }

    /// What to do next.
    package enum Action: Sendable {
        /// Nothing, until something happens.
        case wait
        /// Keep the head until its body has come: it is the first of the bytes consumed.
        case keep
        /// Decide on the request, whose head was kept, or is the first of the bytes consumed; then say `decided()`, now or
        /// later.
        case decide
        /// Answer `100 Continue`: the client waits for it before it sends the body.
        case proceed
        /// Give the answer that was decided on; it carries this `Connection` field.
        case respond(ConnectionField)
        /// Forget the head that was kept, if one was; answer with this status, then finish, lingering.
        case refuse(ErrorStatus)
        /// Nothing more will be answered: when all answers are written, close. To linger is to say so with a half-close
        /// first and to throw away what still comes, so that the client can read its answer (RFC 9112 section 9.6).
        case finish(lingers: Bool)
        /// Close now.
        case close
    }

    /// What is read of a request's head; holds the head until the request is answered.
    @usableFromInline var parser = HeadParser()
    /// By which version of the bounds the head is read.
    private var version: UInt32
    /// What is left of the request's body.
    private var body = BodyDrain()
    private var phase = Phase.head
    /// What the answer will say of the connection; counts from when the head was read.
    private var field = ConnectionField.absent
    /// Set while a head has begun and is not complete.
    private var hasBegun = false
    /// Set from when the head asks for `100 Continue` until that is answered or the body comes without it.
    private var owesContinue = false
    /// Set when the answer of the request is known.
    private var isDecided = false
    /// Set when the process is to end: the next answer is the last.
    private var isDraining = false
    /// Set when the client said that it sends no more.
    private var isInputClosed = false
    /// The tick at which the current phase has lasted too long.
    private var deadline: Int
    /// The tick at which the client has not read its answers for too long.
    private var writeDeadline = Int.max
    /// How much more is thrown away while lingering.
    private var lingerBytes = 0

    package init(_ bounds: ConnectionBounds, at tick: Int) {
        deadline = tick &+ bounds.idleTimeout
        version = bounds.version
    }

    /// The head of the request at hand. Counts from when it is to be kept or decided on to when its answer is given.
    @inlinable
    package var head: RequestHead { parser.head }

    /// Goes on with what has come.
    ///
    /// - Parameter bytes: what came and is not consumed.
    /// - Returns: what to do, and how many of the bytes are consumed. The others are given again, with more behind them.
    package mutating func advance(
        over bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int
    ) -> (action: Action, consumed: Int) {
        switch phase {
        case .head: return readHead(bytes, within: bounds, at: tick)
        case .body: return drainBody(bytes, within: bounds, at: tick)
        case .request: return (respond(within: bounds, at: tick), 0)
        case .finished: return finish(bytes, within: bounds, at: tick)
        case .lingering:
            lingerBytes -= bytes.byteCount
            return (lingerBytes < 0 || isInputClosed ? .close : .wait, bytes.byteCount)
        case .closed: return (.wait, bytes.byteCount)
        }
    }

    /// The answer of the request that was to be decided on is known.
    package mutating func decided() {
        isDecided = true
    }

    /// The client sends no more. What came before still counts: advance over it.
    package mutating func inputClosed() {
        isInputClosed = true
    }

    /// The client doesn't read its answers, or does so again.
    package mutating func setBlocked(_ isBlocked: Bool, within bounds: ConnectionBounds, at tick: Int) {
        writeDeadline = isBlocked ? tick &+ bounds.writeTimeout : .max
    }

    /// The process is to end: the next answer is the last.
    package mutating func drain() {
        isDraining = true
    }

    /// Whether nothing has come since the last answer, if there was one.
    package var isSilent: Bool { phase == .head && !hasBegun }

    /// The process is to end, and who was silent has been so for long enough.
    package mutating func endSilence() -> Action {
        guard isSilent else { return .wait }
        phase = .closed
        return .close
    }

    /// Whether a request has begun and is not complete.
    private var isWithinRequest: Bool { phase == .body || (phase == .head && hasBegun) }

    /// The tick at which the request that has begun and is not complete has lasted too long; nil when there is none.
    package var requestDeadline: Int? { isWithinRequest ? deadline : nil }

    /// What the connection holds is needed elsewhere: its incomplete request is waited for no longer.
    package mutating func giveUp(within bounds: ConnectionBounds, at tick: Int) -> Action {
        guard !isWithinRequest else { return refuse(.requestTimeout, within: bounds, at: tick) }
        phase = .closed
        return .close
    }

    /// Time has passed.
    package mutating func tick(at tick: Int, within bounds: ConnectionBounds) -> Action {
        guard tick >= deadline || tick >= writeDeadline else { return .wait }
        // Who reads no answers would not read a 408 either.
        guard tick < writeDeadline, isWithinRequest else {
            phase = .closed
            return .close
        }
        return refuse(.requestTimeout, within: bounds, at: tick)
    }
}

extension HTTPConnectionState {
    @inline(__always)
    private mutating func readHead(
        _ bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int
    ) -> (action: Action, consumed: Int) {
        if version != bounds.version { readAnew(within: bounds) }
        do {
            // The parser goes on where it stopped. On an error the bytes are dropped: where the next request would
            // begin nobody can say.
            guard try parser.advance(over: bytes, limit: bounds.headerBytes, lookingAt: bounds.further) else {
                return (awaitHead(bytes, within: bounds, at: tick), isInputClosed ? bytes.byteCount : 0)
            }
        } catch {
            return (refuse(error.status, within: bounds, at: tick), bytes.byteCount)
        }
        // The head's deadline has done its part; a body gets one of its own, and a decision none here.
        hasBegun = false
        field = ConnectionField(persists: head.persists, version: head.version)
        return head.body == .none ? (decide(), head.length) : readBody(in: bytes, within: bounds, at: tick)
    }

    /// Other fields are looked at from now on. What was read of the head is read once more, so that one set of rules is its: fields that
    /// the request is judged by now may stand there.
    private mutating func readAnew(within bounds: ConnectionBounds) {
        parser = HeadParser()
        version = bounds.version
    }

    /// The head is not complete.
    private mutating func awaitHead(_ bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int) -> Action {
        // Half a head is no request: nobody waits for an answer.
        guard !isInputClosed else {
            phase = .closed
            return .finish(lingers: false)
        }
        // Set at the first byte alone: who sends one now and then gains no time.
        if bytes.byteCount > 0, !hasBegun {
            hasBegun = true
            deadline = tick &+ bounds.headerTimeout
        }
        return .wait
    }

    /// The head is complete, and a body follows it, which may have come as well.
    private mutating func readBody(
        in bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int
    ) -> (action: Action, consumed: Int) {
        do {
            // A length that is too large is refused before a byte of the body is read.
            body = try BodyDrain(head.body, limit: bounds.bodyBytes)
            phase = .body
            // Who sends of the body already does not wait for leave (RFC 9110 section 10.1.1).
            owesContinue = head.expectsContinue && bytes.byteCount == head.length
            deadline = tick &+ bounds.bodyTimeout
            let count = try body.drain(bytes.extracting(droppingFirst: head.length))
            return (body.isDone ? decide() : .keep, head.length + count)
        } catch {
            return (refuse(error.status, within: bounds, at: tick), bytes.byteCount)
        }
    }

    private mutating func drainBody(
        _ bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int
    ) -> (action: Action, consumed: Int) {
        // Once, and only while none of the body has come: behind its first byte an interim response would be too late.
        if owesContinue {
            owesContinue = false
            if bytes.byteCount == 0 { return (.proceed, 0) }
        }
        do {
            let consumed = try body.drain(bytes)
            return (body.isDone ? decide() : awaitBody(), consumed)
        } catch {
            return (refuse(error.status, within: bounds, at: tick), bytes.byteCount)
        }
    }

    private mutating func awaitBody() -> Action {
        // The rest will never come. The request is not whole, so it is not decided on, and has no answer.
        guard isInputClosed else { return .wait }
        phase = .closed
        return .close
    }

    /// The whole request has come.
    @inline(__always)
    private mutating func decide() -> Action {
        phase = .request
        isDecided = false
        // How long a decision takes is watched where decisions are (`DecisionDeadlines`): one place for all that wait.
        deadline = .max
        return .decide
    }

    /// The answer is given when it is known.
    @inline(__always)
    private mutating func respond(within bounds: ConnectionBounds, at tick: Int) -> Action {
        guard isDecided else { return .wait }
        // Not before now: draining may have begun while the request waited.
        if isDraining { field = .close }
        phase = field == .close ? .finished : .head
        parser = HeadParser()
        deadline = tick &+ bounds.idleTimeout
        return .respond(field)
    }

    private mutating func finish(
        _ bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int
    ) -> (action: Action, consumed: Int) {
        // To close with bytes unread resets the connection, and may take the last answer from the client (RFC 9112
        // section 9.6).
        let lingers = bytes.byteCount > 0 && !isInputClosed
        if lingers { linger(within: bounds, at: tick) } else { phase = .closed }
        return (.finish(lingers: lingers), bytes.byteCount)
    }

    private mutating func refuse(_ status: ErrorStatus, within bounds: ConnectionBounds, at tick: Int) -> Action {
        linger(within: bounds, at: tick)
        return .refuse(status)
    }

    /// The last answer was given: what comes is thrown away.
    package mutating func linger(within bounds: ConnectionBounds, at tick: Int) {
        phase = .lingering
        lingerBytes = bounds.lingerBytes
        deadline = tick &+ bounds.lingerTimeout
    }
}
