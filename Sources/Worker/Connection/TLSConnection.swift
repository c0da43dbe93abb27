import EventLoop
import HTTP1
import TLS

/// The TLS of a gateway's connection, whose socket the `HTTPConnection` has.
///
/// An object, for most connections have none. It is its loop's alone.
final class TLSConnection {
    private var session: TLSSession
    /// The tick at which the handshake, and after a failure the rest of what the client sends, has lasted too long.
    private var deadline: Int
    /// How many bytes of the handshake came: libssl keeps them, until it has a message.
    private var handshakeBytes = 0
    /// How much more is thrown away after a failure; nil before one.
    private var lingerBytes: Int?

    /// Nil when libssl has no memory.
    init?(_ context: TLSServerContext, within bounds: ConnectionBounds, at tick: Int) {
        do throws(TLSError) { session = try TLSSession(accepting: context) } catch { return nil }
        deadline = tick &+ bounds.headerTimeout
    }

    var isEstablished: Bool { session.isEstablished }
    var isInHandshake: Bool { !session.isEstablished && !hasFailed }
    /// Whether anything of the client's has come, in a handshake.
    var hasBegun: Bool { handshakeBytes > 0 }
    var isClosedByPeer: Bool { session.isClosedByPeer }
    var hasOutput: Bool { session.hasOutput }
    var application: TLSSession.Application { session.application }
    var hasFailed: Bool { lingerBytes != nil }

    /// How many bytes are kept for it.
    var memory: Int { session.memory + handshakeBytes }

    /// Whether it is not where it should be by now.
    func isLate(at tick: Int) -> Bool { (hasFailed || !isEstablished) && tick >= deadline }

    func receive(_ ciphertext: RawSpan) throws(TLSError) {
        if !session.isEstablished { handshakeBytes += ciphertext.byteCount }
        try session.receive(ciphertext: ciphertext)
        if session.isEstablished { handshakeBytes = 0 }
    }

    /// Puts plaintext in the place of ciphertext that was taken.
    ///
    /// - Returns: how many bytes; 0 when none are complete.
    func read(into buffer: borrowing ReadBuffer) throws(TLSError) -> Int {
        unsafe try session.read(into: UnsafeMutableRawBufferPointer(start: buffer.start, count: ReadBuffer.capacity))
    }

    func write(_ plaintext: RawSpan) throws(TLSError) { try session.write(plaintext: plaintext) }

    /// - Parameter write: says how many of the bytes were taken.
    func send(by write: (RawSpan) -> Int) { session.send(by: write) }

    /// Sends close_notify, behind all that was written.
    func close() { session.close() }

    /// Nothing is read or written any more.
    func fail(within bounds: ConnectionBounds, at tick: Int) {
        (lingerBytes, handshakeBytes, deadline) = (bounds.lingerBytes, 0, tick &+ bounds.lingerTimeout)
    }

    /// Throws bytes away that came after a failure.
    ///
    /// - Returns: whether more may come.
    func discard(_ count: Int) -> Bool {
        let rest = (lingerBytes ?? 0) - count
        lingerBytes = rest
        return rest >= 0
    }
}
