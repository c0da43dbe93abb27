/// What a PEM file held when it was last read.
struct PEMFile<Content: Sendable> {
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
