import Bytes
import CLibssl

/// One side of a TLS connection (RFC 8446, RFC 5246) without a socket: the client's or the server's, by the context.
///
/// Takes ciphertext from the socket and plaintext from the application; gives plaintext and ciphertext, or why the
/// connection failed. Imports Bytes and libssl, between two memory BIOs. After any call there may be output for the
/// socket, after a failure too: the alert.
///
/// Neither a record received nor one sent allocates in Swift; libssl does for each, some small blocks of its own.
@safe package struct TLSSession: ~Copyable {
    /// Whom the certificate must be for (RFC 9525: the reference identity).
    package enum Server: Hashable, Sendable {
        /// A DNS name. It is also what the server is asked for (RFC 6066 section 3). An IP address in its place is taken as
        /// one.
        case name(String)
        /// An IP address in text.
        case address(String)
    }

    /// What is to be spoken inside of it (RFC 7301).
    package enum Application: Int32, Sendable {
        /// The client named none.
        case unnamed
        case http1
        case http2
    }

    /// How many bytes of plaintext may wait for the handshake, of ciphertext for the socket, and of ciphertext for `read`.
    package static let limit = 4 << 20

    /// The largest plaintext of a record (RFC 8446 section 5.1).
    package static let recordLimit = 1 << 14

    /// After so many bytes of plaintext a client may send new keys again (RFC 8446 section 5.5 asks for it after far more).
    private static let plaintextBetweenUpdates = 1 << 20

    /// An `SSL`, which owns both BIOs.
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// The plaintext of one record; nil for a server, which has many sessions and is given room.
    private let record: UnsafeMutableRawPointer?
    /// Plaintext that waits for the handshake, or for the end of a message that came after it.
    private var waiting: [UInt8] = []
    private var failure: TLSError?
    /// How many bytes of plaintext came since the peer's new keys were counted anew.
    private var plaintextBytes = 0

    /// The handshake is complete. For a client: the server's certificate is trusted and for the server that was named. For a
    /// server: so is the client's, where clients have to show one.
    package private(set) var isEstablished = false
    /// The peer sent close_notify: nothing follows.
    package private(set) var isClosedByPeer = false

    /// The ClientHello is in the output afterwards.
    ///
    /// Throws `handshakeFailed` when the server is no name or address, or when libssl has no memory.
    package init(to server: Server, context: TLSContext) throws(TLSError) {
        let (ssl, input, output) = unsafe try Self.connect(to: server, context: context)
        unsafe self.ssl = ssl
        unsafe self.input = input
        unsafe self.output = output
        unsafe record = .allocate(byteCount: Self.recordLimit, alignment: 64)
    }

    /// Waits for the client's ClientHello. Throws `handshakeFailed` when libssl has no memory.
    package init(accepting context: TLSServerContext) throws(TLSError) {
        defer { ERR_clear_error() }
        var (input, output): (OpaquePointer?, OpaquePointer?)
        guard let ssl = unsafe clibssl_connection(context.pointer, &input, &output), let input = unsafe input,
            let output = unsafe output
        else { throw .handshakeFailed }
        unsafe SSL_set_accept_state(ssl)
        unsafe self.ssl = ssl
        unsafe self.input = input
        unsafe self.output = output
        unsafe record = nil
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe record?.deallocate()
    }

    private static func connect(
        to server: Server, context: TLSContext
    ) throws(TLSError) -> (ssl: OpaquePointer, input: OpaquePointer, output: OpaquePointer) {
        defer { ERR_clear_error() }
        var (input, output): (OpaquePointer?, OpaquePointer?)
        guard let ssl = unsafe clibssl_connection(context.pointer, &input, &output), let input = unsafe input,
            let output = unsafe output
        else { throw .handshakeFailed }
        let isNamed =
            switch server {
            case .name(let name):
                unsafe clibssl_expect_address(ssl, name) == 1 || !name.isEmpty && clibssl_expect_name(ssl, name) == 1
            case .address(let address): unsafe clibssl_expect_address(ssl, address) == 1
            }
        unsafe SSL_set_connect_state(ssl)
        guard isNamed, unsafe SSL_do_handshake(ssl) < 0, unsafe SSL_get_error(ssl, -1) == SSL_ERROR_WANT_READ else {
            unsafe SSL_free(ssl)
            throw .handshakeFailed
        }
        return unsafe (ssl, input, output)
    }
}

/// From the socket to the application.
extension TLSSession {
    /// Takes what came from the socket, and goes on with the handshake. Records of the application are for `read`.
    package mutating func receive(ciphertext: RawSpan) throws(TLSError) {
        if let failure { throw failure }
        guard unsafe ciphertext.byteCount <= Self.limit - clibssl_pending(input) else { throw fail(.overflow) }
        var count = 0
        let isTaken = unsafe ciphertext.withUnsafeBytes { bytes in
            unsafe bytes.isEmpty || BIO_write_ex(input, bytes.baseAddress, bytes.count, &count) == 1
        }
        guard isTaken else { throw fail(.overflow) }
        if !isEstablished { try handshake() }
    }

    private mutating func handshake() throws(TLSError) {
        guard !isClosedByPeer else { return }
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        guard result == 1 else { return try check(result) }
        isEstablished = true
        try flush()
    }

    /// Gives the plaintext that is complete to a client, as much as a record holds at a time.
    ///
    /// - Returns: false once the peer has closed the connection (close_notify).
    package mutating func read(each take: (RawSpan) -> Void) throws(TLSError) -> Bool {
        let room = unsafe UnsafeMutableRawBufferPointer(start: record, count: record == nil ? 0 : Self.recordLimit)
        while true {
            let count = unsafe try read(into: room)
            guard count > 0, let record = unsafe record else { return !isClosedByPeer }
            unsafe take(RawSpan(_unsafeStart: record, byteCount: count))
        }
    }

    /// Puts the plaintext that is complete into a room, as far as it goes. What fails behind some is told by the next call.
    ///
    /// - Returns: how many bytes; 0 when none are complete.
    package mutating func read(into room: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int {
        if let failure { throw failure }
        var filled = 0
        while isEstablished, !isClosedByPeer, filled < room.count, let start = room.baseAddress {
            var count = 0
            ERR_clear_error()
            let result = unsafe SSL_read_ex(ssl, start + filled, room.count - filled, &count)
            guard result == 1 else {
                do throws(TLSError) { try check(result) } catch {
                    guard filled > 0 else { throw error }
                    return filled
                }
                if filled == 0, unsafe clibssl_has_updated_too_often(ssl) == 1 { throw fail(.protocolViolation) }
                break
            }
            filled += count
        }
        plaintextBytes += filled
        if plaintextBytes >= Self.plaintextBetweenUpdates {
            plaintextBytes = 0
            unsafe clibssl_forget_updates(ssl)
        }
        // The peer's messages may have been what plaintext waited for, and may have been answered.
        try flush()
        guard unsafe clibssl_pending(output) <= Self.limit else { throw fail(.overflow) }
        return filled
    }

    /// What is to be spoken, of a server whose handshake is complete.
    package var application: Application {
        Application(rawValue: unsafe clibssl_chosen_protocol(ssl)) ?? .unnamed
    }

    /// How many bytes wait in it, besides those of libssl's own that the handshake takes.
    package var memory: Int {
        unsafe Int(clibssl_pending(input)) + Int(clibssl_pending(output)) + waiting.capacity
    }
}

/// From the application to the socket.
extension TLSSession {
    /// Takes plaintext to send; it waits for the handshake.
    package mutating func write(plaintext: RawSpan) throws(TLSError) {
        if let failure { throw failure }
        guard unsafe plaintext.byteCount <= Self.limit - waiting.count - Int(clibssl_pending(output)) else {
            throw fail(.overflow)
        }
        guard isEstablished, waiting.isEmpty else { return waiting.append(copying: plaintext) }
        if try !encrypt(plaintext) { waiting.append(copying: plaintext) }
    }

    private mutating func flush() throws(TLSError) {
        guard isEstablished, !waiting.isEmpty else { return }
        let plaintext = waiting
        if try encrypt(plaintext.span.bytes) { waiting = [] }
    }

    /// False when none of it was taken: it has to wait for the rest of a message of the peer's.
    private mutating func encrypt(_ plaintext: RawSpan) throws(TLSError) -> Bool {
        guard !plaintext.isEmpty else { return true }
        var count = 0
        ERR_clear_error()
        let result = unsafe plaintext.withUnsafeBytes { unsafe SSL_write_ex(ssl, $0.baseAddress, $0.count, &count) }
        if result != 1 { try check(result) }
        return result == 1
    }

    /// Whether there is ciphertext for the socket.
    package var hasOutput: Bool { unsafe clibssl_pending(output) > 0 }

    /// Gives the ciphertext for the socket.
    ///
    /// - Parameter write: says how many of the bytes, from the first on, the system took: these are gone.
    package mutating func send(by write: (RawSpan) -> Int) {
        var count = 0
        guard let start = unsafe clibssl_content(output, &count), count > 0 else { return }
        let taken = unsafe write(RawSpan(_unsafeStart: start, byteCount: count))
        precondition(taken >= 0 && taken <= count, "the system takes no more than there is")
        unsafe clibssl_drop(output, taken)
    }

    /// Sends close_notify (RFC 8446 section 6.1) when the connection stands. No plaintext can be sent afterwards.
    package mutating func close() {
        guard isEstablished, failure == nil else { return }
        ERR_clear_error()
        unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }
}

extension TLSSession {
    /// Sorts what a call of libssl's gave that did not succeed; returns when there is only more to wait for.
    private mutating func check(_ result: CInt) throws(TLSError) {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        case SSL_ERROR_ZERO_RETURN: isClosedByPeer = true
        default:
            let verification = unsafe SSL_get_verify_result(ssl)
            throw fail(.takeQueue(verification: verification, isEstablished: isEstablished))
        }
    }

    private mutating func fail(_ error: TLSError) -> TLSError {
        failure = error
        waiting = []
        return error
    }
}
