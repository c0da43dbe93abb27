import Glibc

/// What is where a Unix socket is to be made.
package enum SocketPlace: Hashable, Sendable {
    /// A socket can be made there; one that was left behind is replaced.
    case usable
    /// Something that is no socket.
    case occupied
    case noFolder
    /// What should be its folder is none.
    case noFolderButFile
    /// Whoever asks may not make files in its folder.
    case closedFolder

    package init(path: String) {
        let folder = Self.folder(of: path)
        switch Self.kind(of: folder) {
        case nil: self = .noFolder
        case S_IFDIR?: self = Self.inFolder(folder, path)
        default: self = .noFolderButFile
        }
    }

    private static func inFolder(_ folder: String, _ path: String) -> SocketPlace {
        if let kind = kind(of: path), kind != S_IFSOCK { return .occupied }
        return unsafe access(folder, W_OK | X_OK) == 0 ? .usable : .closedFolder
    }

    static func folder(of path: String) -> String {
        let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        return folder.isEmpty ? "/" : String(folder)
    }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
