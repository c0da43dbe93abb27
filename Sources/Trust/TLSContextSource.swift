import Synchronization
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
    }

    private let state: Mutex<State>

    /// - Parameter systemFiles: where the system's certificates may be.
    package init(
        trusting anchors: TrustAnchors, as identity: ClientIdentity? = nil,
        systemFiles: [String] = TrustAnchors.systemFiles
    ) {
        let files = TrustFiles(
            trusting: anchors, as: identity, systemFiles: systemFiles,
            certificates: { TLSCertificates(pem: $0) }, key: { TLSPrivateKey(pem: $0) })
        state = Mutex(State(files: files))
    }

    /// It is the same one until a file changes.
    package func context() throws(TrustProblem) -> TLSContext {
        try state.withLock { state throws(TrustProblem) in
            let (content, isChanged) = try state.files.read()
            if !isChanged, let made = state.made { return try made.get() }
            let made = Result { () throws(TLSContext.Failure) in
                let identity = content.own.map { TLSContext.Identity(chain: $0.chain, key: $0.key) }
                return try TLSContext(trusting: content.anchors, as: identity)
            }.mapError { _ in state.files.mismatch }
            state.made = made
            return try made.get()
        }
    }
}
