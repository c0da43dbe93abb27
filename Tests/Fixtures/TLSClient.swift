import CLibssl

/// The client's side of one TLS connection without a socket, by libssl: what a server's side is tested against.
@safe package final class TLSClient {
    /// How it speaks; several connections can share it, and the sessions that servers gave it.
    @safe package final class Settings {
        fileprivate let context: OpaquePointer
        fileprivate let session = Ticket()

        /// - Parameters:
        ///   - authority: the path of the certificate that has to vouch for the server's; nil: none has to.
        ///   - own: who it is for a server that asks.
        ///   - versions: those that it speaks.
        ///   - protocols: those that it names (RFC 7301).
        package init(
            trusting authority: String? = nil, as own: CertificateAuthority.Issued? = nil,
            versions: ClosedRange<TLSServer.Version>, protocols: [String] = []
        ) throws {
            defer { ERR_clear_error() }
            guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
                throw TLSServer.Failure(reason: "no context")
            }
            unsafe self.context = context
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, versions.lowerBound.rawValue, nil)
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, versions.upperBound.rawValue, nil)
            if versions.lowerBound == .tls1 { unsafe SSL_CTX_set_security_level(context, 0) }
            if let authority {
                guard unsafe SSL_CTX_load_verify_file(context, authority) == 1 else {
                    throw TLSServer.Failure(reason: "no anchors")
                }
                unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
            }
            if let own {
                guard unsafe SSL_CTX_use_certificate_chain_file(context, own.certificate) == 1,
                    unsafe SSL_CTX_use_PrivateKey_file(context, own.key, SSL_FILETYPE_PEM) == 1
                else { throw TLSServer.Failure(reason: "no certificate") }
            }
            let names = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
            if !names.isEmpty { unsafe SSL_CTX_set_alpn_protos(context, names, UInt32(names.count)) }
        }

        deinit {
            unsafe SSL_CTX_free(context)
        }
    }

    /// What a session is resumed by.
    @safe fileprivate final class Ticket {
        var session: OpaquePointer?

        deinit {
            unsafe SSL_SESSION_free(session)
        }
    }

    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    private let settings: Settings
    /// The plaintext that came.
    package private(set) var received: [UInt8] = []
    package private(set) var isEstablished = false
    /// The server sent close_notify.
    package private(set) var isClosedByPeer = false
    /// It can't go on.
    package private(set) var hasFailed = false
    /// The number of the alert that the server sent (RFC 8446 section 6); nil for close_notify.
    package private(set) var alert: CInt?

    /// The ClientHello is in the output afterwards.
    package init(_ settings: Settings) throws {
        defer { ERR_clear_error() }
        var (input, output): (OpaquePointer?, OpaquePointer?)
        guard let ssl = unsafe clibssl_connection(settings.context, &input, &output), let input = unsafe input,
            let output = unsafe output
        else { throw TLSServer.Failure(reason: "no connection") }
        unsafe (self.ssl, self.input, self.output, self.settings) = (ssl, input, output, settings)
        if let session = unsafe settings.session.session { unsafe SSL_set_session(ssl, session) }
        unsafe SSL_set_connect_state(ssl)
        unsafe SSL_do_handshake(ssl)
    }

    deinit {
        unsafe SSL_free(ssl)
    }

    /// Takes ciphertext, and reads what is complete.
    package func receive(_ ciphertext: [UInt8]) {
        ERR_clear_error()
        var count = 0
        if !ciphertext.isEmpty { unsafe BIO_write_ex(input, ciphertext, ciphertext.count, &count) }
        if !isEstablished {
            let result = unsafe SSL_do_handshake(ssl)
            isEstablished = result == 1
            if result != 1 { note(result) }
        }
        guard isEstablished else { return }
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let result = unsafe SSL_read_ex(ssl, &chunk, chunk.count, &count)
            guard result == 1 else {
                note(result)
                break
            }
            received += chunk[..<count]
        }
        isClosedByPeer = unsafe SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 && alert == nil
    }

    private func note(_ result: CInt) {
        defer { ERR_clear_error() }
        guard unsafe SSL_get_error(ssl, result) == SSL_ERROR_SSL else { return }
        hasFailed = true
        let reason = ERR_GET_REASON(ERR_peek_error())
        if reason > SSL_AD_REASON_OFFSET { alert = reason - SSL_AD_REASON_OFFSET }
    }

    /// Encrypts; the handshake is complete.
    package func write(_ plaintext: [UInt8]) {
        defer { ERR_clear_error() }
        var count = 0
        if !plaintext.isEmpty { unsafe SSL_write_ex(ssl, plaintext, plaintext.count, &count) }
    }

    /// Sends close_notify.
    package func close() {
        unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Asks for new traffic keys of both (RFC 8446 section 4.6.3).
    package func updateKeys() {
        unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        unsafe SSL_do_handshake(ssl)
    }

    /// Begins another handshake on the connection (RFC 5246 section 7.4.1.1).
    package func renegotiate() {
        unsafe SSL_renegotiate(ssl)
        unsafe SSL_do_handshake(ssl)
        ERR_clear_error()
    }

    /// Has the next connection resume this session.
    package func keepSession() {
        let session = unsafe SSL_get1_session(ssl)
        unsafe SSL_SESSION_free(settings.session.session)
        unsafe settings.session.session = session
    }

    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// What is to be spoken, as the server chose (RFC 7301).
    package var application: String? {
        var (name, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// Takes the plaintext that came since the last call.
    package func takeReceived() -> [UInt8] {
        defer { received = [] }
        return received
    }

    /// Takes the ciphertext for the server.
    package func takeOutput() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: unsafe clibssl_pending(output))
        var count = 0
        if !bytes.isEmpty { unsafe BIO_read_ex(output, &bytes, bytes.count, &count) }
        return bytes
    }
}

extension TLSServer.Version: Comparable {
    package static func < (left: TLSServer.Version, right: TLSServer.Version) -> Bool { left.rawValue < right.rawValue }
}
