import EventLoop
import Worker

extension Finding {
    /// What is wrong where the Unix sockets of a configuration are to be; nothing when nothing is.
    package static func sockets(of configuration: Configuration) -> [Finding] {
        let gateway = configuration.listen.compactMap { socket("listen", $0) }
        return gateway + [socket("admin.listen", configuration.admin.listen)].compactMap { $0 }
    }

    private static func socket(_ key: String, _ address: ListenAddress) -> Finding? {
        guard case .unix(let path) = address else { return nil }
        return Finding(socketAt: path, key: key, SocketPlace(path: path))
    }

    /// Nil when a socket can be made there.
    ///
    /// - Parameter key: what the configuration names the address by.
    package init?(socketAt path: String, key: String, _ place: SocketPlace) {
        let folder = SocketPlace.folder(of: path)
        let subject = "\(key) unix:\(path)"
        switch place {
        case .usable: return nil
        case .occupied:
            self.init(
                subject, isSound: false, "the file exists and is no socket; remove it or choose another path")
        case .noFolderButFile: self.init(subject, isSound: false, "\(folder) is no directory")
        case .closedFolder:
            self.init(
                subject, isSound: false,
                "whoever runs this may not make files in \(folder): run it as the service's user, or let that one write there"
            )
        case .noFolder where folder.hasPrefix("/run/"):
            self = .hint(
                subject,
                "there is no directory \(folder) yet; the unit has systemd make one (RuntimeDirectory), else make it")
        case .noFolder: self.init(subject, isSound: false, "there is no directory \(folder): make it")
        }
    }
}
