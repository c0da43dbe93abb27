import CLibssl

/// How a client speaks TLS: who vouches for servers, and perhaps who it is itself. All sessions of all threads share it.
///
/// Verification of the server's certificate and of its name is always on.
///
/// Unchecked, because libssl counts the references to an `SSL_CTX` and locks what it changes in one; here none is changed
/// after `init`.
@safe package final class TLSContext: @unchecked Sendable {
    /// Who the client is for a server that asks (RFC 8446 section 4.4.2): a certificate with the chain that leads to its
    /// root, and its key.
    package struct Identity: Sendable {
        package var chain: TLSCertificates
        package var key: TLSPrivateKey

        package init(chain: TLSCertificates, key: TLSPrivateKey) {
            self.chain = chain
            self.key = key
        }
    }

    package enum Failure: Error, Hashable, Sendable {
        /// The certificate is not for this key.
        case keyMismatch
        /// libssl has no memory, or the system's policy forbids what is needed.
        case unavailable
    }

    /// An `SSL_CTX`.
    let pointer: OpaquePointer

    /// - Parameter anchors: whose certificates vouch for a server's (RFC 5280 section 6.1.1 d), and no others.
    package init(trusting anchors: TLSCertificates, as identity: Identity? = nil) throws(Failure) {
        defer { ERR_clear_error() }
        guard let context = unsafe clibssl_client_context() else { throw .unavailable }
        guard unsafe clibssl_trust(context, anchors.pointer) == 1 else {
            unsafe SSL_CTX_free(context)
            throw .unavailable
        }
        if let identity, unsafe clibssl_identify(context, identity.chain.pointer, identity.key.pointer) != 1 {
            unsafe SSL_CTX_free(context)
            throw .keyMismatch
        }
        unsafe pointer = context
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }
}

/// The certificates of a PEM text, one or more.
///
/// Unchecked, because it isn't changed after `init`, and what it is given to counts references.
@safe package final class TLSCertificates: @unchecked Sendable {
    /// A `STACK_OF(X509)`.
    let pointer: OpaquePointer

    /// Nil when there is none, or something in it begins as a certificate and is none.
    package init?(pem: [UInt8]) {
        defer { ERR_clear_error() }
        guard let certificates = unsafe clibssl_parse_certificates(pem, pem.count) else { return nil }
        unsafe pointer = certificates
    }

    deinit {
        unsafe clibssl_free_certificates(pointer)
    }

    /// When the first expires, in seconds since the epoch.
    package var expiry: Int64 {
        defer { ERR_clear_error() }
        return unsafe clibssl_expiry(pointer)
    }

    /// When the one of them that expires first does.
    package var earliestExpiry: Int64 {
        defer { ERR_clear_error() }
        return unsafe clibssl_earliest_expiry(pointer)
    }
}

/// A private key without a passphrase.
///
/// Unchecked, because it isn't changed after `init`, and what it is given to counts references.
@safe package final class TLSPrivateKey: @unchecked Sendable {
    /// An `EVP_PKEY`.
    let pointer: OpaquePointer

    /// Nil when the PEM text has no key, or one with a passphrase.
    package init?(pem: [UInt8]) {
        defer { ERR_clear_error() }
        guard let key = unsafe clibssl_parse_key(pem, pem.count) else { return nil }
        unsafe pointer = key
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }
}
