import Bytes
import CNghttp2
package import HTTP1

/// One HTTP/2 connection without its socket (RFC 9113), with prior knowledge or behind ALPN. Takes the bytes that came;
/// gives what to do next, and the bytes to send. Imports Bytes, HTTP1 for what both have in common (names of fields,
/// targets, statuses, bounds), and CNghttp2; it knows where a request's fields stand, and not what they mean.
///
/// Requests are streams, each known by a number; they are decided on as they come, answered in any order. Frames, header
/// compression and windows are libnghttp2's; bounds and times are kept here.
package struct HTTP2ConnectionState: ~Copyable {
    private enum Phase: UInt8 {
        case open
        /// The client was told that the connection will end.
        case ending
        /// No more streams are taken; those that there are go on.
        case closing
        /// The last frame was given to a client that may still send: what comes is thrown away.
        case lingering
        case closed
    }

    /// What to do next.
    package enum Action: Sendable {
        /// Nothing, until something happens.
        case wait
        /// Decide on this request, whose lines are `lines` until the next call; then `respond`, now or later.
        case decide(stream: Int, RequestHead)
        /// Answer with this status: the request is refused, and perhaps not whole.
        case refuse(stream: Int, ErrorStatus)
        /// Nobody waits for this request any more.
        case forget(stream: Int)
        /// When all output is written, close. To linger is as in HTTP/1.
        case finish(lingers: Bool)
        /// Close now.
        case close
    }

    private let codec: CodecSession
    private var boundary = FrameBoundary()
    private var rules = FrameRules()
    private var plain = PlainHeaders()
    private var split = SplitHeaders()
    private var fields = HeaderList()
    private var phase = Phase.open
    /// The lines of the request at hand, if they were kept while its body came.
    private var keptLines: [UInt8] = []
    private var hasKeptLines = false
    /// Whether the request at hand was read by the bounds of now. Else a field may have been passed over that counts, and what counted
    /// as one field may be another. Says nothing of raw requests, of which everything is there.
    package private(set) var isCurrent = true
    private var isInputClosed = false
    /// The tick at which the frame or the header list that has begun has lasted too long; nil when none has.
    private var frameDeadline: Int?
    /// The tick at which the connection was without a request for too long; counts while it has none.
    private var idleDeadline: Int
    /// The tick at which the client has not read what is sent for too long.
    private var writeDeadline = Int.max
    private var lingerBytes = 0
    private var lingerDeadline = Int.max

    private static let proceed = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// - Parameter isRaw: whether requests are handed over with all of their header lists, as lines, and with their bodies.
    package init(_ bounds: ConnectionBounds, at tick: Int, isRaw: Bool = false) {
        codec = CodecSession(bounds, isRaw: isRaw)
        idleDeadline = tick &+ bounds.idleTimeout
        frameDeadline = tick &+ bounds.headerTimeout
    }

    /// Goes on with what has come.
    ///
    /// - Parameters:
    ///   - bytes: what came and is not consumed.
    ///   - now: on the steady clock, in nanoseconds.
    /// - Returns: what to do, and how many of the bytes are consumed; with `wait`, all.
    package mutating func advance(
        over bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int, now: Int64
    ) -> (action: Action, consumed: Int) {
        if let closed = codec.state.closed.popLast() { return (.forget(stream: closed), 0) }
        switch phase {
        case .closed: return (.wait, bytes.byteCount)
        case .lingering:
            lingerBytes -= bytes.byteCount
            return (lingerBytes < 0 || isInputClosed ? .close : .wait, bytes.byteCount)
        case .open, .ending, .closing: break
        }
        (codec.state.bounds, codec.state.tick, codec.state.now) = (bounds, tick, now)
        return read(bytes, within: bounds, at: tick)
    }

    private mutating func read(
        _ bytes: RawSpan, within bounds: ConnectionBounds, at tick: Int
    ) -> (action: Action, consumed: Int) {
        var offset = 0
        while offset < bytes.byteCount {
            let (hasHeader, part) = boundary.next(in: bytes, from: offset)
            if boundary.hasBegun, let fault = begin(within: bounds) {
                codec.terminate(as: fault)
                return (linger(within: bounds, at: tick), bytes.byteCount)
            }
            do throws(CodecSession.Failure) {
                // An error of its stream (RFC 9113 section 6.9), where the codec would end the connection.
                if boundary.hasBegun, boundary.isEmptyWindow, !codec.state.isWithinList,
                    codec.hasOpen(boundary.frame.stream)
                {
                    codec.reset(boundary.frame.stream, as: NGHTTP2_PROTOCOL_ERROR)
                } else if split.isWithin {
                    try feedSplit(bytes.extracting(part), hasHeader: !hasHeader && boundary.hasBegun)
                } else {
                    if hasHeader { try codec.feed(boundary.headerBytes) }
                    try feed(bytes.extracting(part), isAlone: !hasHeader && boundary.hasBegun)
                }
            } catch {
                return (linger(within: bounds, at: tick), bytes.byteCount)
            }
            offset = part.upperBound
            // The time is that of one frame: one behind the other, they may take as long as they like.
            if !boundary.isWithin, !codec.state.isWithinList { frameDeadline = nil }
            if codec.state.isFlooded { endFlood() }
            if let closed = codec.state.closed.popLast() { return (.forget(stream: closed), offset) }
            if let action = takeEvent() { return (action, offset) }
        }
        noteFrame(within: bounds, at: tick)
        return (end(within: bounds, at: tick), offset)
    }

    /// - Parameter isAlone: the bytes begin with the header of the frame at hand.
    private mutating func feed(_ part: RawSpan, isAlone: Bool) throws(CodecSession.Failure) {
        if isAlone, plain.rewrite(part, boundary.frame) { return try codec.feed(plain.rewritten) }
        if part.byteCount > 0 { try codec.feed(part) }
    }

    /// A frame has begun, perhaps one of a list that comes in several.
    private mutating func begin(within bounds: ConnectionBounds) -> nghttp2_error_code? {
        let longest = Reception.hopelessLists * bounds.headerBytes
        if let fault = rules.fault(of: boundary.frame, upTo: longest) { return fault }
        split.begin(boundary.frame)
        return nil
    }

    /// - Parameter hasHeader: the bytes begin with the header of the frame at hand.
    private mutating func feedSplit(_ part: RawSpan, hasHeader: Bool) throws(CodecSession.Failure) {
        split.add(hasHeader ? part.extracting(droppingFirst: FrameHeader.byteCount) : part)
        guard !boundary.isWithin else { return }
        guard let frames = split.finish() else {
            codec.terminate(as: NGHTTP2_COMPRESSION_ERROR)
            throw CodecSession.Failure()
        }
        try codec.feed(frames.span.bytes)
        if let replaced = split.replaced {
            codec.state.refuseList(with: replaced == .target ? .targetTooLong : .headerFieldsTooLarge)
        }
    }

    /// The client resets too much. A gateway's connection is that of many clients, of whom one may have made it do so: the requests
    /// that have come are answered, others go over another connection.
    private mutating func endFlood() {
        if codec.state.isOverrun { return codec.terminate(as: NGHTTP2_ENHANCE_YOUR_CALM) }
        guard phase == .open || phase == .ending else { return }
        phase = .closing
        codec.refuseStreams(as: NGHTTP2_ENHANCE_YOUR_CALM)
    }

    /// What the frame that was fed has completed.
    private mutating func takeEvent() -> Action? {
        switch codec.state.event.take() {
        case .none: return nil
        case .request(let number):
            guard let stream = codec.state.streams[number] else { return nil }
            isCurrent = stream.version == codec.state.bounds.version
            hasKeptLines = !stream.lines.isEmpty
            keptLines = stream.lines
            return .decide(stream: number, stream.head)
        case .refusal(let number, let status): return .refuse(stream: number, status)
        case .leave(let number):
            fields.set(to: Self.proceed.span.bytes, hasStatus: true)
            codec.proceed(with: number, fields)
            return nil
        }
    }

    /// A frame that has begun has a time to be complete; those of bodies have that of their streams.
    private mutating func noteFrame(within bounds: ConnectionBounds, at tick: Int) {
        let isWithin = boundary.isWithin && !boundary.isWithinBody || codec.state.isWithinList
        if !isWithin {
            frameDeadline = nil
        } else if frameDeadline == nil {
            frameDeadline = tick &+ bounds.headerTimeout
        }
    }

    /// What is left to do when nothing more has come.
    private mutating func end(within bounds: ConnectionBounds, at tick: Int) -> Action {
        if isInputClosed {
            // Who says that he sends no more may still read; but what is not whole by now will never be.
            for number in codec.state.streams.incomplete {
                codec.state.streams.update(number) { $0.phase = .answered }
                if let stream = codec.state.streams[number] { codec.reset(stream.id, as: NGHTTP2_CANCEL) }
            }
            guard codec.state.streams.count > 0 else {
                phase = .closed
                return .finish(lingers: false)
            }
            return .wait
        }
        if phase == .closing, codec.state.streams.count == 0 { return linger(within: bounds, at: tick) }
        return codec.isOver ? linger(within: bounds, at: tick) : .wait
    }

    private mutating func linger(within bounds: ConnectionBounds, at tick: Int) -> Action {
        phase = .lingering
        lingerBytes = bounds.lingerBytes
        lingerDeadline = tick &+ bounds.lingerTimeout
        return .finish(lingers: true)
    }
}

// A request.
extension HTTP2ConnectionState {
    /// The lines that the places of the request at hand are of; where requests are raw, all of its header list.
    package var lines: RawSpan {
        @_lifetime(borrow self)
        get {
            if hasKeptLines { return keptLines.span.bytes }
            return codec.state.isRaw ? codec.state.lines.span.bytes : codec.state.collector.bytes.span.bytes
        }
    }

    /// The body of a raw request.
    package mutating func takeBody(of stream: Int) -> [UInt8] {
        var body: [UInt8] = []
        codec.state.streams.update(stream) { swap(&$0.body, &body) }
        return body
    }

    /// When a request began, on the steady clock, in nanoseconds; nil: there is none of that number.
    package func beginning(of stream: Int) -> Int64? { codec.state.streams[stream]?.begun }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - head: a status line and field lines, as `HTTP1Renderer` writes them.
    ///   - body: empty where there are no trailers.
    ///   - trailers: field lines; empty: none, and the head is all of the answer.
    package mutating func respond(
        to stream: Int, with head: RawSpan, body: [UInt8] = [], trailers: [UInt8] = [],
        within bounds: ConnectionBounds, at tick: Int
    ) {
        codec.state.streams.update(stream) { stream in
            (stream.phase, stream.deadline) = (.answered, tick &+ bounds.writeTimeout)
            (stream.lines, stream.count, stream.answerBytes) = ([], 0, head.byteCount)
            (stream.body, stream.trailers) = (body, trailers)
        }
        fields.set(to: head, hasStatus: true)
        codec.respond(to: stream, fields)
        idleDeadline = tick &+ bounds.idleTimeout
    }

    /// What is to be sent next; empty when there is nothing. Good until the next call.
    package mutating func withNextOutput(_ body: (RawSpan) -> Void) -> Bool {
        while true {
            let output = codec.nextOutput()
            if output.byteCount > 0 {
                body(output)
                return true
            }
            guard let id = codec.state.answeredEarly.popLast() else { return false }
            codec.reset(id, as: NGHTTP2_NO_ERROR)
        }
    }

    /// What a connection takes in the codec, about: tables of header compression, windows, queues.
    private static let footprint = 16 << 10

    /// How many bytes are kept for its requests and answers, and for itself.
    package var memory: Int {
        Self.footprint + codec.state.streams.memory + codec.state.collector.bytes.capacity
            + codec.state.lines.capacity + plain.memory + split.memory
    }

    /// How many requests have begun whose answers have not left.
    package var streamCount: Int { codec.state.streams.count }

    /// The tick at which a request that has begun and is not complete has lasted too long; nil when there is none.
    package var requestDeadline: Int? { codec.state.streams.firstDeadline }

    /// The tick at which it will have been without a request for too long; nil while there is one.
    package var idleEnd: Int? { codec.state.streams.count == 0 ? idleDeadline : nil }
}

// Time, and the end.
extension HTTP2ConnectionState {
    /// The client sends no more. What came before still counts: advance over it.
    package mutating func inputClosed() { isInputClosed = true }

    /// The client doesn't read what is sent, or does so again.
    package mutating func setBlocked(_ isBlocked: Bool, within bounds: ConnectionBounds, at tick: Int) {
        writeDeadline = isBlocked ? tick &+ bounds.writeTimeout : .max
    }

    /// The process is to end: tells the client, which may have sent requests that are taken still.
    package mutating func drain() {
        guard phase == .open else { return }
        phase = .ending
        codec.announceEnd()
    }

    /// Whether the process is to end.
    package var isEnding: Bool { phase != .open }

    /// The client has had time to hear of it: no more requests are taken, and when those that there are have been answered,
    /// the connection ends. Advance over nothing afterwards.
    package mutating func endSilence() {
        guard phase == .open || phase == .ending else { return }
        phase = .closing
        codec.refuseStreams()
    }

    /// The requests that are not complete, those that hold most first.
    package var incomplete: [Int] {
        guard phase != .lingering, phase != .closed else { return [] }
        let streams = codec.state.streams.incomplete.map { ($0, codec.state.streams[$0]?.memory ?? 0) }
        return streams.sorted { $0.1 > $1.1 }.map(\.0)
    }

    /// What a request holds that is not complete is needed elsewhere: it is to be refused.
    package mutating func giveUp(_ stream: Int) {
        codec.state.refuse(stream, with: .requestTimeout)
        codec.state.event = nil
    }

    /// What the connection holds is needed elsewhere: requests that are not complete are given up, and no others are taken.
    package mutating func giveUp() {
        guard phase != .lingering, phase != .closed else { return }
        for number in codec.state.streams.incomplete {
            if let stream = codec.state.streams[number] { codec.reset(stream.id, as: NGHTTP2_ENHANCE_YOUR_CALM) }
        }
        endSilence()
    }

    /// Time has passed.
    package mutating func tick(at tick: Int, within bounds: ConnectionBounds) -> Action {
        guard tick < writeDeadline, tick < lingerDeadline else {
            phase = .closed
            return .close
        }
        guard phase != .lingering, phase != .closed else { return .wait }
        if let frameDeadline, tick >= frameDeadline {
            codec.terminate(as: NGHTTP2_NO_ERROR)
            return linger(within: bounds, at: tick)
        }
        for number in codec.state.streams.late(at: tick) {
            guard let stream = codec.state.streams[number] else { continue }
            if stream.phase == .receiving {
                codec.state.refuse(number, with: .requestTimeout)
                codec.state.event = nil
                return .refuse(stream: number, .requestTimeout)
            }
            // Its client opens no window for the answer.
            codec.reset(stream.id, as: NGHTTP2_CANCEL)
        }
        guard codec.state.streams.count == 0 else {
            idleDeadline = tick &+ bounds.idleTimeout
            return .wait
        }
        guard tick >= idleDeadline else { return .wait }
        codec.terminate(as: NGHTTP2_NO_ERROR)
        return linger(within: bounds, at: tick)
    }
}
