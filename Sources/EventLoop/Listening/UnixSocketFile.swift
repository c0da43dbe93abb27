import Glibc
import Synchronization

/// The file of a Unix socket that is listened on: made with its permissions before anyone can connect, removed at the end.
///
/// A file that another process left behind is replaced; one where somebody listens, or that is no socket, is not.
package struct UnixSocketFile: Sendable {
    package let path: String
    /// Which file it is, so that no other one is removed.
    package let identity: FileIdentity
    private let owner: FileOwner

    /// Whoever can reach the file may connect, as whoever can reach a TCP port on loopback may. A gateway's workers run
    /// as another user; who else may ask is up to the permissions of the directory.
    package static let permissions: UInt32 = 0o666

    /// Makes the socket and binds it. It refuses connections until it is listened on.
    ///
    /// - Returns: the file and the socket, which the caller owns.
    package static func bind(
        path: String, permissions: UInt32 = Self.permissions
    ) throws(ListenError) -> (file: UnixSocketFile, socket: CInt) {
        let address = ListenAddress.unix(path: path)
        try removeStale(address, path: path)
        let descriptor = try open(at: address)
        guard
            unsafe SocketAddress.unix(path: path).withSystemAddress(do: { unsafe Glibc.bind(descriptor, $0, $1) }) == 0
        else {
            throw failure(at: address, closing: descriptor)
        }
        guard unsafe chmod(path, permissions) == 0 else { throw failure(at: address, closing: descriptor) }
        return (UnixSocketFile(boundAt: path), descriptor)
    }

    /// The file of a socket that another process has bound, and removes.
    ///
    /// - Parameter identity: as that process knows it: by now another file may be there.
    init(inheritedAt path: String, _ identity: FileIdentity) {
        (self.path, self.identity, owner) = (path, identity, FileOwner(isOurs: false))
    }

    /// The file of a socket that was bound just now.
    private init(boundAt path: String) {
        (self.path, owner) = (path, FileOwner(isOurs: true))
        identity = FileIdentity(of: path) ?? FileIdentity(device: 0, number: 0)
    }

    /// Whether this process removes it.
    package var isOurs: Bool {
        get { owner.isOurs.load(ordering: .sequentiallyConsistent) }
        nonmutating set { owner.isOurs.store(newValue, ordering: .sequentiallyConsistent) }
    }

    /// Removes the file, if it is still this socket's, and this process' to remove.
    package func remove() {
        guard isOurs, FileIdentity(of: path) == identity else { return }
        _ = unsafe unlink(path)
    }

    private static func removeStale(_ address: ListenAddress, path: String) throws(ListenError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenError(address, reason: "the file exists and is no socket; remove it or choose another path")
        }
        let descriptor = try open(at: address)
        defer { close(descriptor) }
        guard unsafe SocketAddress.unix(path: path).withSystemAddress(do: { unsafe connect(descriptor, $0, $1) }) != 0,
            errno == ECONNREFUSED
        else {
            throw ListenError(address, errno: errno == EACCES ? EACCES : EADDRINUSE)
        }
        guard unsafe unlink(path) == 0 else { throw ListenError(address, errno: errno) }
    }

    private static func open(at address: ListenAddress) throws(ListenError) -> CInt {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw ListenError(address, errno: errno) }
        return descriptor
    }

    private static func failure(at address: ListenAddress, closing descriptor: CInt) -> ListenError {
        let error = ListenError(address, errno: errno)
        close(descriptor)
        return error
    }

}

/// Which file a file is, whatever it is called.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt
    package let number: UInt

    package init(device: UInt, number: UInt) {
        (self.device, self.number) = (device, number)
    }

    /// Of the file at a path, links not followed; nil when there is none.
    init?(of path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.init(device: status.st_dev, number: status.st_ino)
    }
}

/// Who removes a file: whoever has copies of what it belongs to looks at the same place.
private final class FileOwner: Sendable {
    let isOurs: Atomic<Bool>

    init(isOurs: Bool) {
        self.isOurs = Atomic(isOurs)
    }
}
