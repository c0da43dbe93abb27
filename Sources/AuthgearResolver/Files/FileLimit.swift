import Glibc

/// How many files the process may have open: connections count.
package enum FileLimit {
    /// What the process needs beside its connections: the operator's connections, fetches of keys, signals, files, logs.
    private static let reserve = 128
    /// What each worker needs at most: a poller, a bell, and two connections to Redis, each perhaps beside one that ends.
    private static let reservePerLoop = 8
    /// With fewer connections than this it doesn't start: an operator who asks for so little means something else.
    private static let fewestConnections = 16

    private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// How many files the process may have open at this moment; nil when the system does not say.
    static var current: Int? {
        var limit = rlimit()
        return unsafe getrlimit(files, &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
    }

    /// Raises the limit to what so many connections need, as far as the system allows.
    ///
    /// - Parameters:
    ///   - addresses: how many are listened on.
    ///   - questions: how many may be sent to introspection endpoints at once; beyond a thousand they fail when files are short.
    /// - Returns: how many connections fit.
    package static func raise(
        forConnections connections: Int, loops: Int, addresses: Int, questions: Int = 0
    ) throws(FileLimitError) -> Int {
        let reserve = reserve + addresses + loops * reservePerLoop + min(questions, 1_000)
        var limit = rlimit()
        guard unsafe getrlimit(files, &limit) == 0 else { return connections }
        let wanted = rlim_t(connections + reserve)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            // What the system refuses leaves the old limit, so it is read again instead of believed.
            _ = unsafe setrlimit(files, &limit)
            guard unsafe getrlimit(files, &limit) == 0 else { return connections }
        }
        guard limit.rlim_cur < wanted else { return connections }
        let fewest = min(connections, fewestConnections)
        let fitting = Int(limit.rlim_cur) - reserve
        guard fitting >= fewest else {
            throw FileLimitError(limit: Int(limit.rlim_cur), needed: reserve + fewest, connections: fewest)
        }
        return fitting
    }
}

/// The process may have too few files open to serve anybody.
package struct FileLimitError: Error, CustomStringConvertible {
    /// How many it may have open.
    package var limit: Int
    /// How many it needs at least, and how many of them for connections.
    package var needed: Int
    package var connections: Int

    package init(limit: Int, needed: Int, connections: Int) {
        self.limit = limit
        self.needed = needed
        self.connections = connections
    }

    package var description: String {
        """
        at most \(limit) files may be open, and at least \(needed) are needed: \(connections) for connections, the others for \
        the addresses that are listened on, Redis, keys and the operator; raise the limit (`ulimit -n`, or LimitNOFILE= of a \
        systemd unit), or set fewer threads
        """
    }
}
