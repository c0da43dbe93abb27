import TLS

/// What came of a gateway's TLS handshake, as metrics name it.
package enum HandshakeResult: String, CaseIterable, Sendable {
    case done
    /// What came is no TLS.
    case notTLS = "not_tls"
    /// The client speaks no version of TLS that is spoken here.
    case version
    /// The client names protocols, and neither `h2` nor `http/1.1`.
    case noProtocol = "no_protocol"
    /// The client showed no certificate, and has to.
    case noCertificate = "no_certificate"
    /// The client's certificate is of another CA, or has expired, or is for another purpose.
    case untrusted
    /// The client does not trust the certificate that it was shown.
    case distrusted
    /// It took longer than the head of a request may.
    case timedOut = "timed_out"
    /// The client closed the connection.
    case left
    /// Anything else.
    case failed

    init(_ error: TLSError) {
        self =
            switch error {
            case .notTLS: .notTLS
            case .versionUnsupported: .version
            case .noCommonProtocol: .noProtocol
            case .noClientCertificate: .noCertificate
            case .untrusted, .nameMismatch: .untrusted
            case .clientCertificateUntrusted: .distrusted
            case .clientCertificateRequired, .handshakeFailed, .protocolViolation, .overflow: .failed
            }
    }
}
