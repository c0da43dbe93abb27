import Glibc

/// How a test starts the resolver: what it has besides its configuration.
struct Launch: Sendable {
    /// A file that it sees as `/etc/hosts`; needs `Program.beforeCommandWithHosts`.
    var hosts: String?
    /// Sockets that are listened on, given as systemd gives those of a socket unit.
    var sockets: [Socket] = []
    var environment: [String: String] = [:]

    /// Has the shell say whose the sockets are: it becomes the program, with the same process id.
    private static let giving = #"LISTEN_PID=$$ exec "$0" "$@""#

    /// Starts `serve`, and waits for nothing.
    ///
    /// - Parameter options: besides the configuration.
    func serve(_ path: String, _ options: String..., in directory: String) throws -> ChildProcess {
        guard let executable = Program.resolver else { throw WireError.failed("finding authgear-resolver", ENOENT) }
        var words = [executable, "serve", "--config", path] + options
        var environment = environment
        if let hosts {
            guard let before = Program.beforeCommandWithHosts else {
                throw WireError.failed("giving the resolver a hosts file of its own", EPERM)
            }
            words = before + [hosts] + words
        }
        if !sockets.isEmpty {
            environment["LISTEN_FDS"] = "\(sockets.count)"
            environment["LISTEN_FDNAMES"] = sockets.map { _ in "name" }.joined(separator: ":")
            words = ["/bin/sh", "-c", Self.giving] + words
        }
        return try ChildProcess(
            words[0], Array(words.dropFirst()), in: directory, environment: environment,
            files: sockets.map(\.descriptor))
    }
}
