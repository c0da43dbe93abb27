/// The files that TLS needs, parsed as a TLS library wants them. A file is read again when it changed.
struct TrustFiles<Certificates: Sendable, Key: Sendable> {
    struct Content {
        var anchors: Certificates
        var own: (chain: Certificates, key: Key)?
    }

    let identity: ClientIdentity?
    /// The file that was named, or where the system's may be: the first that is there counts.
    private var anchors: [PEMFile<Certificates>]
    private let areAnchorsNamed: Bool
    private var own: (chain: PEMFile<Certificates>, key: PEMFile<Key>)?
    private let certificates: @Sendable ([UInt8]) -> Certificates?
    private let key: @Sendable ([UInt8]) -> Key?
    /// Whether something was read that was not given yet, because another file could not be read.
    private var isStale = true
    /// Which of the files of anchors counted last.
    private var countingAnchors: Int?

    /// - Parameters:
    ///   - certificates: parses one or more of a PEM text; nil when it can't.
    ///   - key: parses a private key.
    init(
        trusting anchors: TrustAnchors, as identity: ClientIdentity?, systemFiles: [String],
        certificates: @escaping @Sendable ([UInt8]) -> Certificates?, key: @escaping @Sendable ([UInt8]) -> Key?
    ) {
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
        self.certificates = certificates
        self.key = key
    }

    /// What the files hold now, and whether it is something else than the last time that all could be read.
    mutating func read() throws(TrustProblem) -> (content: Content, isChanged: Bool) {
        var isChanged = isStale
        defer { isStale = isChanged }
        let content = Content(
            anchors: try readAnchors(isChanged: &isChanged), own: try readIdentity(isChanged: &isChanged))
        defer { isChanged = false }
        return (content, isChanged)
    }

    /// What is wrong when each file could be read and the library takes them not together.
    var mismatch: TrustProblem { identity.map { .keyMismatch($0) } ?? .noSystemAnchors }

    private mutating func readAnchors(isChanged: inout Bool) throws(TrustProblem) -> Certificates {
        for index in anchors.indices {
            let file = anchors[index].file
            let content: Certificates?
            do throws(FileProblem) {
                content = try anchors[index].content(isChanged: &isChanged, parse: certificates)
            } catch {
                guard areAnchorsNamed || error.isFileThere else { continue }
                throw .anchorsUnreadable(file, error)
            }
            guard let content else { throw .noAnchors(file) }
            if countingAnchors != index { isChanged = true }
            countingAnchors = index
            return content
        }
        throw .noSystemAnchors
    }

    private mutating func readIdentity(
        isChanged: inout Bool
    ) throws(TrustProblem) -> (chain: Certificates, key: Key)? {
        guard let identity, var own else { return nil }
        defer { self.own = own }
        let chain: Certificates?
        do throws(FileProblem) {
            chain = try own.chain.content(isChanged: &isChanged, parse: certificates)
        } catch {
            throw .certificateUnreadable(identity.certificate, error)
        }
        guard let chain else { throw .noCertificate(identity.certificate) }
        let parsed: Key?
        do throws(FileProblem) {
            parsed = try own.key.content(isChanged: &isChanged, parse: key)
        } catch {
            throw .keyUnreadable(identity.key, error)
        }
        guard let parsed else { throw .noKey(identity.key) }
        return (chain, parsed)
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
