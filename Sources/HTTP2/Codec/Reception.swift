import Bytes
import CNghttp2
import HTTP1

/// What the codec tells while it is fed a frame: gathers a header list, and says when a request is complete.
struct Reception: ~Copyable {
    /// What became of a stream with the frame that was fed.
    enum Event {
        /// The whole request has come.
        case request(Int)
        /// It is refused before it has come whole.
        case refusal(Int, ErrorStatus)
        /// Its header list has come, and the client waits for leave to send the body (RFC 9110 section 10.1.1).
        case leave(Int)
    }

    /// Requests are handed over with their bodies and with all of their header list.
    let isRaw: Bool
    var bounds: ConnectionBounds
    var tick = 0
    /// On the steady clock, in nanoseconds.
    var now: Int64 = 0
    var streams = StreamTable()
    var collector = FieldCollector()
    /// All of a raw request's header list, a line for each field.
    var lines: [UInt8] = []
    /// Trailers of an answer that leaves, in the codec's form, which takes a copy.
    var trailers = HeaderList()
    /// What the frame at hand completed.
    var event: Event?
    /// Streams that have closed before they were answered, or while their answers were leaving.
    var closed: [Int] = []
    var resets = ResetGauge()
    /// Set when there were too many: no more streams are taken.
    var isFlooded = false
    /// Set when there were so many that nobody is answered any more.
    var isOverrun = false
    /// Streams whose answers have left whole while their requests still come: nothing more of those is wanted.
    var answeredEarly: [Int32] = []

    /// The stream whose header list is being read; nil between lists, and within a list of trailers.
    private var reading: Int?
    /// How long the list is so far (RFC 9113 section 6.5.2).
    private var listLength = 0
    private var status: ErrorStatus?

    /// A list that is so many times as long as it may be is reset, one that is shorter is refused with 431.
    static let hopelessLists = 8

    init(_ bounds: ConnectionBounds, isRaw: Bool) {
        self.bounds = bounds
        self.isRaw = isRaw
    }

    /// Whether a header list has begun and is not complete.
    var isWithinList: Bool { reading != nil }

    /// A request begins.
    ///
    /// - Returns: its number.
    mutating func beginRequest(id: Int32) -> Int {
        let stream = RequestStream(id: id, version: bounds.version, at: now)
        stream.deadline = tick &+ bounds.headerTimeout
        let number = streams.open(stream)
        collector.begin()
        lines.removeAll(keepingCapacity: lines.capacity <= 8 << 10)
        (reading, listLength, status) = (number, 0, nil)
        return number
    }

    /// Trailers begin, of which nothing is kept.
    mutating func beginTrailers() { (reading, listLength) = (nil, 0) }

    /// A field of the list, whose form the codec has checked.
    ///
    /// - Returns: whether more of the list is wanted. Far beyond its bound it is not even looked at: a byte on the wire may stand
    ///   for kilobytes (RFC 7541 section 7.3), each of which the codec would check.
    mutating func add(name: RawSpan, value: RawSpan) -> Bool {
        // Per field 32 bytes more, as the client counts it, too.
        listLength += name.byteCount + value.byteCount + 32
        guard listLength <= bounds.headerBytes else {
            // As over HTTP/1: by what goes beyond the bound first.
            status = status ?? (name.equals(":path") ? .targetTooLong : .headerFieldsTooLarge)
            return listLength <= Self.hopelessLists * bounds.headerBytes
        }
        guard reading != nil, status == nil else { return true }
        take(name, value)
        return true
    }

    /// The request whose list is being read is to be refused when that is complete; nothing where it is trailers'.
    mutating func refuseList(with error: ErrorStatus) {
        guard reading != nil else { return }
        status = status ?? error
    }

    private mutating func take(_ name: RawSpan, _ value: RawSpan) {
        guard !isRaw else { return addLine(name, value) }
        if name.byteCount > 0, name[byte: 0] == UInt8(ascii: ":") {
            if name.equalsIgnoringCase(":path") { collector.set(target: value) }
            if name.equalsIgnoringCase(":method") { collector.set(method: value) }
            return
        }
        do throws(HeadError) {
            try collector.add(name: name, value: value, lookingAt: bounds.further)
        } catch {
            status = error.status
        }
    }

    private mutating func addLine(_ name: RawSpan, _ value: RawSpan) {
        lines.append(copying: name)
        lines.append(UInt8(ascii: ":"))
        lines.append(copying: value)
        lines.append(UInt8(ascii: "\r"))
        lines.append(UInt8(ascii: "\n"))
    }

    /// The list is complete.
    ///
    /// - Parameter isWhole: no body follows.
    mutating func endList(isWhole: Bool) {
        guard let number = reading else { return }
        reading = nil
        if status == nil, !isRaw {
            do throws(HeadError) { try collector.finish(lookingAt: bounds.further) } catch { status = error.status }
        }
        if let status { return refuse(number, with: status) }
        let (head, isRaw, deadline) = (collector.head, isRaw, tick &+ bounds.bodyTimeout)
        guard isWhole else {
            let lines = isRaw ? lines : collector.bytes
            streams.update(number) { stream in
                (stream.head, stream.deadline) = (head, deadline)
                // A copy as large as what there is: the other's storage is used again.
                stream.lines = Array(lines[...])
            }
            if head.expectsContinue { event = .leave(number) }
            return
        }
        streams.update(number) { ($0.phase, $0.head, $0.deadline) = (.waiting, head, .max) }
        event = .request(number)
    }

    /// A part of a request's body.
    mutating func addBody(_ bytes: RawSpan, to number: Int) {
        let (isRaw, limit) = (isRaw, isRaw ? bounds.messageBytes : bounds.bodyBytes)
        var isTooLong = false
        streams.update(number) { stream in
            guard stream.phase == .receiving else { return }
            stream.count += bytes.byteCount
            isTooLong = stream.count > limit
            if isRaw, !isTooLong { stream.body.append(copying: bytes) }
        }
        if isTooLong { refuse(number, with: .contentTooLarge) }
    }

    /// The body is complete, or the trailers behind it are.
    mutating func endBody(of number: Int) {
        guard streams[number]?.phase == .receiving else { return }
        streams.update(number) { ($0.phase, $0.deadline) = (.waiting, .max) }
        event = .request(number)
    }

    /// A stream was reset, by either side, for something the client did.
    mutating func noteReset() {
        let count = resets.note(at: now)
        isFlooded = isFlooded || count >= ResetGauge.bound
        isOverrun = isOverrun || count >= ResetGauge.lastBound
    }

    mutating func close(_ number: Int) {
        if reading == number { reading = nil }
        guard let stream = streams.close(number) else { return }
        if stream.phase != .answered { closed.append(number) }
    }

    mutating func refuse(_ number: Int, with status: ErrorStatus) {
        // What comes of its list still is not looked at.
        if reading == number { reading = nil }
        streams.update(number) { stream in
            (stream.phase, stream.deadline) = (.waiting, .max)
            (stream.lines, stream.body) = ([], [])
        }
        event = .refusal(number, status)
    }
}
