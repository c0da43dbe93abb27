import HTTP1

/// A request that is not answered yet, or whose answer has not left. It changes by `StreamTable.update` alone.
///
/// An object, since what it holds is some 400 bytes, which are looked at and changed several times for each request.
final class RequestStream {
    enum Phase: UInt8 {
        /// Its header list or its body still comes.
        case receiving
        /// It has come, or was refused: it is decided on.
        case waiting
        /// It is answered.
        case answered
    }

    /// The stream's identifier (RFC 9113 section 5.1.1).
    let id: Int32
    /// By which version of the bounds its header list is read.
    let version: UInt32
    /// When its header list began, on the steady clock, in nanoseconds.
    let begun: Int64
    var phase = Phase.receiving
    /// The tick at which the current phase has lasted too long.
    var deadline = Int.max
    /// What the header list said, once it has come.
    var head = RequestHead()
    /// The lines that the head's places are of, while the body comes.
    var lines: [UInt8] = []
    /// The body as far as it has come, where it is wanted; and that of the answer until it has left.
    var body: [UInt8] = []
    /// How many bytes of the body have come, or of the answer's have left.
    var count = 0
    /// What is sent behind the answer's body: field lines; empty where there is no body.
    var trailers: [UInt8] = []

    /// How many bytes of the answer's header list may wait in the codec.
    var answerBytes = 0

    /// What it takes here and in the codec, whatever it is, about.
    private static let footprint = 1 << 10

    init(id: Int32, version: UInt32, at now: Int64) { (self.id, self.version, begun) = (id, version, now) }

    /// How many bytes are kept for it.
    var memory: Int { Self.footprint + lines.capacity + body.capacity + trailers.capacity + answerBytes }
}
