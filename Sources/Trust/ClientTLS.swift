import NIOConcurrencyHelpers
package import NIOSSL

/// How a client speaks TLS: with certificates that vouch for the server, and perhaps with one of its own. Files are read
/// again when they change.
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
        state = NIOLockedValueBox(State(anchors, identity, systemFiles))
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
        private let identity: ClientIdentity?
        /// The file that was named, or where the system's may be: the first that is there counts.
        private var anchors: [PEMFile<[NIOSSLCertificate]>]
        private let areAnchorsNamed: Bool
        private var own: (chain: PEMFile<[NIOSSLCertificate]>, key: PEMFile<NIOSSLPrivateKey>)?
        /// What was made from the files as they were read last.
        private var made: (configuration: TLSConfiguration, context: Result<NIOSSLContext, TrustProblem>?)?
        /// Whether a file was read that it was not made from, because another could not be.
        private var isStale = true
        /// Which of the files of anchors counted last.
        private var countingAnchors: Int?

        init(_ anchors: TrustAnchors, _ identity: ClientIdentity?, _ systemFiles: [String]) {
            self.identity = identity
            switch anchors {
            case .file(let file):
                self.anchors = [PEMFile(file)]
                areAnchorsNamed = true
            case .system:
                self.anchors = systemFiles.map { PEMFile(NamedFile($0, key: "the system's")) }
                areAnchorsNamed = false
            }
            own = identity.map { (PEMFile($0.certificate), PEMFile($0.key)) }
        }

        mutating func configuration() throws(TrustProblem) -> TLSConfiguration {
            var isChanged = isStale
            defer { isStale = isChanged }
            let certificates = try readAnchors(&isChanged)
            let own = try readIdentity(&isChanged)
            if !isChanged, let made { return made.configuration }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = .certificates(certificates)
            if let own {
                configuration.certificateChain = own.chain.map { .certificate($0) }
                configuration.privateKey = .privateKey(own.key)
            }
            made = (configuration, nil)
            isChanged = false
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
                // Each part could be read, so it is that they don't fit together.
                context = .failure(identity.map { .keyMismatch($0) } ?? .noSystemAnchors)
            }
            made?.context = context
            return try context.get()
        }

        private mutating func readAnchors(_ isChanged: inout Bool) throws(TrustProblem) -> [NIOSSLCertificate] {
            for index in anchors.indices {
                let file = anchors[index].file
                let certificates: [NIOSSLCertificate]?
                do throws(FileProblem) {
                    certificates = try anchors[index].content(isChanged: &isChanged, parse: Self.certificates)
                } catch {
                    guard areAnchorsNamed || error.isFileThere else { continue }
                    throw .anchorsUnreadable(file, error)
                }
                guard let certificates else { throw .noAnchors(file) }
                if countingAnchors != index { isChanged = true }
                countingAnchors = index
                return certificates
            }
            throw .noSystemAnchors
        }

        private mutating func readIdentity(
            _ isChanged: inout Bool
        ) throws(TrustProblem) -> (chain: [NIOSSLCertificate], key: NIOSSLPrivateKey)? {
            guard let identity, var own else { return nil }
            defer { self.own = own }
            let chain: [NIOSSLCertificate]?
            do throws(FileProblem) {
                chain = try own.chain.content(isChanged: &isChanged, parse: Self.certificates)
            } catch {
                throw .certificateUnreadable(identity.certificate, error)
            }
            guard let chain else { throw .noCertificate(identity.certificate) }
            let key: NIOSSLPrivateKey?
            do throws(FileProblem) {
                key = try own.key.content(isChanged: &isChanged) { try? NIOSSLPrivateKey(bytes: $0, format: .pem) }
            } catch {
                throw .keyUnreadable(identity.key, error)
            }
            guard let key else { throw .noKey(identity.key) }
            return (chain, key)
        }

        private static func certificates(_ bytes: [UInt8]) -> [NIOSSLCertificate]? {
            try? NIOSSLCertificate.fromPEMBytes(bytes)
        }
    }
}

/// What a PEM file held when it was last read.
private struct PEMFile<Content: Sendable> {
    let file: NamedFile
    private var known: (stamp: FileStamp, content: Content)?

    init(_ file: NamedFile) {
        self.file = file
    }

    /// The content, read again when the file changed; nil when it can't be parsed.
    ///
    /// - Parameter isChanged: becomes true when the file was read.
    mutating func content(
        isChanged: inout Bool, parse: ([UInt8]) -> Content?
    ) throws(FileProblem) -> Content? {
        switch try WatchedFile(path: file.path).look(since: known?.stamp, limit: ClientTLS.sizeLimit) {
        case .untouched: return known?.content
        case .read(let bytes, let stamp):
            isChanged = true
            let content = parse(bytes)
            known = content.flatMap { content in stamp.map { ($0, content) } }
            return content
        }
    }
}
