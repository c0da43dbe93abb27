import EventLoop
import Redis
package import TLS

/// How TLS is spoken with Redis (contract section 7, `sessions.redis.tls`).
package struct TLSSettings: Sendable {
    /// Gives what the files hold by now, or throws what is wrong with them, whose description is a sentence for a person. Asked
    /// for each connection.
    let context: @Sendable () throws -> TLSContext
    /// What the servers' certificates must be for: a name, or an IP address; nil: what each is connected to by.
    let server: String?

    package init(server: String?, context: @escaping @Sendable () throws -> TLSContext) {
        self.context = context
        self.server = server
    }

    func session(to endpoint: RedisAddress.Endpoint) throws(ConnectionFailure) -> TLSSession {
        do {
            return try TLSSession(to: .name(server ?? endpoint.host), context: try context())
        } catch let error as TLSError {
            throw .tls(error.words)
        } catch {
            throw .tls("\(error)")
        }
    }
}

extension RedisAddress.Endpoint {
    /// The host that is connected to; empty where there is none.
    fileprivate var host: String {
        switch self {
        case .tcp(let host, _), .tls(let host, _): host
        case .unix, .sentinels: ""
        }
    }
}

extension TLSError {
    /// What is the matter, and what to do.
    fileprivate var words: String {
        switch self {
        case .untrusted: "its certificate is not trusted, or has expired"
        case .nameMismatch: "its certificate is for another host name"
        case .notTLS: "it does not speak TLS on this port"
        case .clientCertificateRequired:
            "it wants a client certificate: name one with sessions.redis.tls.cert_file and key_file"
        case .clientCertificateUntrusted: "it does not trust the client certificate"
        case .noClientCertificate, .versionUnsupported, .noCommonProtocol, .handshakeFailed, .protocolViolation,
            .overflow:
            "the handshake failed"
        }
    }
}

/// A byte stream to a server: a socket that doesn't block, with TLS on it where that is asked for.
struct Transport: ~Copyable {
    enum Reading {
        /// It was read what had come; all of it, unless there may be more than the buffer took.
        case open(mayHaveMore: Bool)
        /// The server sends no more.
        case ended
        case failed(ConnectionFailure)
    }

    let socket: Socket
    private var tls: TLSSession?

    /// - Parameter tls: nil: bytes are sent as they are.
    init(_ socket: consuming Socket, tls: consuming TLSSession?) {
        self.socket = socket
        self.tls = tls
    }

    /// Whether there are bytes that only wait for the socket.
    var hasOutput: Bool {
        switch tls {
        case .some(let tls): tls.hasOutput
        case .none: false
        }
    }

    /// Reads once what has come, and gives it as plaintext.
    mutating func read(into buffer: borrowing ReadBuffer, each take: (RawSpan) -> Void) -> Reading {
        switch socket.receive(into: buffer) {
        case .bytes(let count):
            guard tls != nil else {
                take(buffer.bytes(first: count))
                return .open(mayHaveMore: count == ReadBuffer.capacity)
            }
            return decrypt(buffer.bytes(first: count), each: take)
        case .nothing: return .open(mayHaveMore: false)
        case .end, .failed: return .ended
        }
    }

    private mutating func decrypt(_ ciphertext: RawSpan, each take: (RawSpan) -> Void) -> Reading {
        do throws(TLSError) {
            try tls?.receive(ciphertext: ciphertext)
            let isOpen = try tls?.read(each: take) ?? true
            return isOpen ? .open(mayHaveMore: ciphertext.byteCount == ReadBuffer.capacity) : .ended
        } catch {
            return .failed(.tls(error.words))
        }
    }

    /// Takes plaintext to be written.
    ///
    /// - Returns: how many bytes were taken; nil when the connection is broken.
    mutating func write(_ plaintext: RawSpan) -> Int? {
        guard tls != nil else { return socket.send(plaintext) }
        do throws(TLSError) {
            try tls?.write(plaintext: plaintext)
            return plaintext.byteCount
        } catch {
            return nil
        }
    }

    /// Writes what only waits for the socket.
    ///
    /// - Returns: whether the connection stands.
    mutating func flush() -> Bool {
        var stands = true
        let socket = socket.descriptor
        tls?.send { ciphertext in
            guard let count = Socket.send(ciphertext, on: socket) else {
                stands = false
                return 0
            }
            return count
        }
        return stands
    }
}
