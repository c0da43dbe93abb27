import EventLoop
import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.
import Worker

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
        let folder = File.folder(of: path)
        switch Self.kind(of: folder) {
        case nil: self = .noFolder
        case S_IFDIR?: self = Self.inFolder(folder, path: path)
        default: self = .noFolderButFile
        }
    }

    private static func inFolder(_ folder: String, path: String) -> SocketPlace {
        if let kind = kind(of: path), kind != S_IFSOCK { return .occupied }
        return unsafe access(folder, W_OK | X_OK) == 0 ? .usable : .closedFolder
    }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}

extension Finding {
    /// What is wrong where the Unix sockets of a configuration are to be; nothing when nothing is.
    package static func sockets(of configuration: Configuration) -> [Finding] {
        let gateway = configuration.places.compactMap {
            socket(key: "listen", at: $0)
        }
        return gateway + [socket(key: "admin.listen", at: configuration.admin.listen)].compactMap { $0 }
    }

    private static func socket(key: String, at address: ListenAddress) -> Finding? {
        guard case .unix(let path) = address else { return nil }
        return Finding(socketAt: path, key: key, SocketPlace(path: path))
    }

    /// Nil when a socket can be made there.
    ///
    /// - Parameter key: what the configuration names the address by.
    package init?(socketAt path: String, key: String, _ place: SocketPlace) {
        let folder = File.folder(of: path)
        let subject = "\(key) unix:\(path)"
        switch place {
        case .usable: return nil
        case .occupied:
            self.init(
                subject, isSound: false, result: "the file exists and is no socket; remove it or choose another path")
        case .noFolderButFile: self.init(subject, isSound: false, result: "\(folder) is no directory")
        case .closedFolder:
            self.init(
                subject, isSound: false,
                result:
                    "whoever runs this may not make files in \(folder): run it as the service's user, or let that one write there"
            )
        case .noFolder where folder.hasPrefix("/run/"):
            self = .hint(
                on: subject,
                "there is no directory \(folder) yet; the unit has systemd make one (RuntimeDirectory), else make it")
        case .noFolder: self.init(subject, isSound: false, result: "there is no directory \(folder): make it")
        }
    }
}
