import NIOConcurrencyHelpers
package import NIOSSL

/// How a client in the background speaks TLS: with certificates that vouch for the server, and perhaps with one of its own.
/// Files are read again when they change.
///
/// Takes paths. Gives what NIOSSL needs, or what is wrong with which file. Imports NIOSSL. Files are read when it is
/// asked, so it is asked when a connection is made, and never by a request.
package final class ClientTLS: Sendable {
    /// How many bytes a file of certificates may have.
    static let sizeLimit = 8 << 20

    private let state: NIOLockedValueBox<State>

    /// - Parameter systemFiles: where the system's certificates may be.
    package init(
        trusting anchors: TrustAnchors, as identity: ClientIdentity? = nil,
        systemFiles: [String] = TrustAnchors.systemFiles
    ) {
        let files = TrustFiles(
            trusting: anchors, as: identity, systemFiles: systemFiles,
            certificates: { try? NIOSSLCertificate.fromPEMBytes($0) },
            key: { try? NIOSSLPrivateKey(bytes: $0, format: .pem) })
        state = NIOLockedValueBox(State(files: files))
    }

    /// For TLS 1.2 and newer. Two of it are equal as long as the files hold the same certificates.
    package func configuration() throws(TrustProblem) -> TLSConfiguration {
        try state.withLockedValue { state in
            Result { () throws(TrustProblem) in try state.configuration() }
        }.get()
    }

    /// The same, made ready. It is the same one until a file changes.
    package func context() throws(TrustProblem) -> NIOSSLContext {
        try state.withLockedValue { state in
            Result { () throws(TrustProblem) in try state.context() }
        }.get()
    }
}

extension ClientTLS {
    private struct State {
        var files: TrustFiles<[NIOSSLCertificate], NIOSSLPrivateKey>
        /// What was made from the files as they were read last.
        private var made: (configuration: TLSConfiguration, context: Result<NIOSSLContext, TrustProblem>?)?

        init(files: TrustFiles<[NIOSSLCertificate], NIOSSLPrivateKey>) {
            self.files = files
        }

        mutating func configuration() throws(TrustProblem) -> TLSConfiguration {
            let (content, isChanged) = try files.read()
            if !isChanged, let made { return made.configuration }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = .certificates(content.anchors)
            if let own = content.own {
                configuration.certificateChain = own.chain.map { .certificate($0) }
                configuration.privateKey = .privateKey(own.key)
            }
            made = (configuration, nil)
            return configuration
        }

        mutating func context() throws(TrustProblem) -> NIOSSLContext {
            let configuration = try configuration()
            if let context = made?.context { return try context.get() }
            // Once for the files as they are, also when it fails: a context that fails leaks what it was made of.
            let context: Result<NIOSSLContext, TrustProblem>
            do {
                context = .success(try NIOSSLContext(configuration: configuration))
            } catch {
                context = .failure(files.mismatch)
            }
            made?.context = context
            return try context.get()
        }
    }
}
