import NIOConcurrencyHelpers
package import TLS

/// How a worker speaks TLS: with certificates that vouch for the server, and perhaps with one of its own. Files are read
/// again when they change.
///
/// Takes paths. Gives a context of libssl, or what is wrong with which file. It reads files when it is asked: once for each
/// connection, and never on behalf of a request.
package final class TLSContextSource: Sendable {
    private struct State {
        var files: TrustFiles<TLSCertificates, TLSPrivateKey>
        /// What was made from the files as they were read last.
        var made: Result<TLSContext, TrustProblem>?

        mutating func context() throws(TrustProblem) -> TLSContext {
            let (content, isChanged) = try files.read()
            if !isChanged, let made { return try made.get() }
            let made = Result { () throws(TLSContext.Failure) in
                let identity = content.own.map { TLSContext.Identity(chain: $0.chain, key: $0.key) }
                return try TLSContext(trusting: content.anchors, as: identity)
            }.mapError { _ in files.mismatch }
            self.made = made
            return try made.get()
        }
    }

    /// Not a `Mutex` of Synchronization, which ThreadSanitizer does not know.
    private let state: NIOLockedValueBox<State>

    /// - Parameter systemFiles: where the system's certificates may be.
    package init(
        trusting anchors: TrustAnchors, as identity: ClientIdentity? = nil,
        systemFiles: [String] = TrustAnchors.systemFiles
    ) {
        let files = TrustFiles(
            trusting: anchors, as: identity, systemFiles: systemFiles,
            certificates: { TLSCertificates(pem: $0) }, key: { TLSPrivateKey(pem: $0) })
        state = NIOLockedValueBox(State(files: files))
    }

    /// It is the same one until a file changes.
    package func context() throws(TrustProblem) -> TLSContext {
        try state.withLockedValue { state in
            Result { () throws(TrustProblem) in try state.context() }
        }.get()
    }
}
