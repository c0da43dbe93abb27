import CLibssl

/// Why a TLS connection failed. A session that failed stays failed; what is left of its output is the alert that tells the
/// peer.
package enum TLSError: Error, Hashable, Sendable, CaseIterable {
    /// No trusted certificate vouches for the peer's, or one of the chain has expired or is for another purpose.
    case untrusted
    /// The server's certificate is trusted, and for another host name or IP address.
    case nameMismatch
    /// What came is no TLS record.
    case notTLS
    /// The server closed because there is no client certificate (RFC 8446 section 6.2: certificate_required). A server
    /// of TLS 1.2 has no alert of its own for this: that is `handshakeFailed`.
    case clientCertificateRequired
    /// The server does not know who vouches for the client certificate (RFC 8446 section 6.2: unknown_ca).
    case clientCertificateUntrusted
    /// A server wants a certificate of its clients, and the client showed none.
    case noClientCertificate
    /// The client speaks no version of TLS that the server does.
    case versionUnsupported
    /// The client names protocols to be spoken inside of TLS (RFC 7301), and none of the server's.
    case noCommonProtocol
    /// Any other failure before the handshake was complete.
    case handshakeFailed
    /// Any other failure after it, and a client that asks for new keys again and again. In TLS 1.3 a server checks the
    /// client certificate after the client's handshake is complete, so other complaints about it are here.
    case protocolViolation
    /// More bytes wait than may: plaintext for the handshake, ciphertext for the socket, or ciphertext for `read`.
    case overflow
}

extension TLSError {
    /// What the thread's error queue tells of the call that just failed. The queue is empty afterwards.
    ///
    /// - Parameters:
    ///   - verification: what the check of the peer's certificate gave, as `SSL_get_verify_result` has it.
    ///   - isEstablished: whether the handshake was complete.
    static func takeQueue(verification: Int, isEstablished: Bool) -> TLSError {
        var kind = isEstablished ? TLSError.protocolViolation : .handshakeFailed
        while true {
            let code = ERR_get_error()
            guard code != 0 else { return kind }
            guard ERR_GET_LIB(code) == ERR_LIB_SSL else { continue }
            kind = Self.kind(ofReason: ERR_GET_REASON(code), verification: verification) ?? kind
        }
    }

    private static func kind(ofReason reason: CInt, verification: Int) -> TLSError? {
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            switch CInt(truncatingIfNeeded: verification) {
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .nameMismatch
            default: .untrusted
            }
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: .notTLS
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .noClientCertificate
        case SSL_R_UNSUPPORTED_PROTOCOL: .versionUnsupported
        case SSL_R_NO_APPLICATION_PROTOCOL: .noCommonProtocol
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: .clientCertificateRequired
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA: .clientCertificateUntrusted
        default: nil
        }
    }
}
