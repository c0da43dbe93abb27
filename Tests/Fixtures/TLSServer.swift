import CLibssl
import Foundation

/// The server's side of one TLS connection without a socket, by libssl: what a client's side is tested against.
@safe package final class TLSServer {
    package struct Failure: Error {
        package var reason: String
    }

    /// Whether it asks clients for a certificate.
    package enum ClientCheck {
        case none
        /// With the path of the certificate that must vouch for the client's.
        case required(authority: String)
    }

    package enum Version: Int, CaseIterable, Sendable {
        case tls1 = 0x0301
        case tls12 = 0x0303
        case tls13 = 0x0304
    }

    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// The plaintext that came.
    package private(set) var received: [UInt8] = []
    /// The client sent close_notify.
    package private(set) var isClosedByPeer = false
    package private(set) var isEstablished = false
    private var isAccepting = true
    private var chunk = [UInt8](repeating: 0, count: 1 << 14)
    /// What it was asked for (RFC 6066 section 3).
    package private(set) var askedName: String?

    package init(
        _ own: CertificateAuthority.Issued, checking clients: ClientCheck = .none, version: Version = .tls13
    ) throws {
        defer { ERR_clear_error() }
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else { throw Failure(reason: "no context") }
        defer { unsafe SSL_CTX_free(context) }
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version.rawValue, nil)
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, version.rawValue, nil)
        // Versions below TLS 1.2 need a digest that the system's level forbids.
        if version == .tls1 { unsafe SSL_CTX_set_security_level(context, 0) }
        guard unsafe SSL_CTX_use_certificate_chain_file(context, own.certificate) == 1,
            unsafe SSL_CTX_use_PrivateKey_file(context, own.key, SSL_FILETYPE_PEM) == 1
        else { throw Failure(reason: "no certificate") }
        if case .required(let authority) = clients {
            guard unsafe SSL_CTX_load_verify_file(context, authority) == 1 else { throw Failure(reason: "no anchors") }
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        var (input, output): (OpaquePointer?, OpaquePointer?)
        guard let ssl = unsafe clibssl_connection(context, &input, &output), let input = unsafe input,
            let output = unsafe output
        else { throw Failure(reason: "no connection") }
        unsafe SSL_set_accept_state(ssl)
        unsafe (self.ssl, self.input, self.output) = (ssl, input, output)
    }

    deinit {
        unsafe SSL_free(ssl)
    }

    /// Takes ciphertext, and reads what is complete. A handshake that fails leaves its alert in the output.
    package func receive(_ ciphertext: [UInt8]) {
        defer { ERR_clear_error() }
        var count = 0
        if !ciphertext.isEmpty { unsafe BIO_write_ex(input, ciphertext, ciphertext.count, &count) }
        if isAccepting {
            let result = unsafe SSL_do_handshake(ssl)
            isEstablished = result == 1
            isAccepting = unsafe result != 1 && SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ
            if let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) {
                askedName = unsafe String(cString: name)
            }
        }
        guard isEstablished else { return }
        while unsafe SSL_read_ex(ssl, &chunk, chunk.count, &count) == 1 { received += chunk[..<count] }
        isClosedByPeer = unsafe SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0
    }

    /// Encrypts; the handshake is complete.
    package func write(_ plaintext: [UInt8]) {
        defer { ERR_clear_error() }
        var count = 0
        unsafe SSL_write_ex(ssl, plaintext, plaintext.count, &count)
    }

    /// Asks for new traffic keys (RFC 8446 section 4.6.3).
    package func updateKeys() {
        unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        unsafe SSL_do_handshake(ssl)
    }

    /// Sends close_notify.
    package func close() {
        unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Takes the ciphertext for the client.
    package func takeOutput() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: unsafe clibssl_pending(output))
        var count = 0
        if !bytes.isEmpty { unsafe BIO_read_ex(output, &bytes, bytes.count, &count) }
        return bytes
    }
}

extension CertificateAuthority {
    /// The same certificate for the same key, with a validity that ended a minute ago.
    package func expire(_ issued: Issued) throws {
        guard let certificates = unsafe Self.load(issued.certificate),
            let authority = unsafe Self.loadKey(folder + "/ca.key")
        else { throw TLSServer.Failure(reason: "no certificate or key") }
        defer { unsafe clibssl_free_certificates(certificates) }
        defer { unsafe EVP_PKEY_free(authority) }
        let certificate = unsafe OPENSSL_sk_value(certificates, 0).map { OpaquePointer($0) }
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -3_600)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), -60)
        unsafe X509_sign(certificate, authority, EVP_sha256())
        let file = unsafe BIO_new_file(issued.certificate, "w")
        defer { unsafe BIO_free(file) }
        guard unsafe PEM_write_bio_X509(file, certificate) == 1 else { throw TLSServer.Failure(reason: "not written") }
    }

    private static func load(_ path: String) -> OpaquePointer? {
        guard let pem = try? [UInt8](Data(contentsOf: URL(filePath: path))) else { return nil }
        return unsafe clibssl_parse_certificates(pem, pem.count)
    }

    private static func loadKey(_ path: String) -> OpaquePointer? {
        guard let pem = try? [UInt8](Data(contentsOf: URL(filePath: path))) else { return nil }
        return unsafe clibssl_parse_key(pem, pem.count)
    }
}
