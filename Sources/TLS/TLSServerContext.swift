import CLibssl

/// How a server speaks TLS: who it is, and perhaps which clients it lets in. All sessions of all threads share it.
///
/// TLS 1.2 and newer; inside of it `h2` and `http/1.1` (RFC 7301), the first of them that the client names.
///
/// Unchecked, because libssl counts the references to an `SSL_CTX` and locks what it changes in one; here none is changed
/// after `init`.
@safe package final class TLSServerContext: @unchecked Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// The key is another certificate's.
        case keyMismatch
        /// libssl takes the certificate for too weak: a short key, or an old digest.
        case tooWeak
        /// libssl has no memory, or the system's policy forbids what is needed.
        case unavailable
    }

    /// An `SSL_CTX`.
    let pointer: OpaquePointer

    /// - Parameters:
    ///   - identity: whose certificate the server shows.
    ///   - anchors: whose certificates vouch for clients' (RFC 5280 section 6.1.1 d), each of which has to show one; nil: clients
    ///     are not asked for any.
    package init(
        as identity: TLSContext.Identity, admitting anchors: TLSCertificates? = nil
    ) throws(Failure) {
        defer { ERR_clear_error() }
        let (chain, key) = (identity.chain, identity.key)
        guard unsafe clibssl_fits(chain.pointer, key.pointer) == 1 else { throw .keyMismatch }
        guard let context = unsafe clibssl_server_context() else { throw .unavailable }
        guard unsafe clibssl_identify(context, chain.pointer, key.pointer) == 1 else {
            unsafe SSL_CTX_free(context)
            throw .tooWeak
        }
        unsafe clibssl_offer_protocols(context)
        if let anchors, unsafe clibssl_require_clients_of(context, anchors.pointer) != 1 {
            unsafe SSL_CTX_free(context)
            throw .unavailable
        }
        unsafe pointer = context
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }
}
