import Glibc

/// How many files the process may have open: connections count.
package enum FileLimit {
    /// What the process needs beside its connections: sockets that are listened on, the operator's, keys, logs.
    private static let reserve = 256
    /// What each event loop needs: pollers and bells, its own and those of its store's thread, and two connections to Redis.
    private static let reservePerLoop = 8

    private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// Raises the limit to what so many connections need, as far as the system allows; gives how many connections fit.
    package static func raise(forConnections connections: Int, loops: Int) -> Int {
        let reserve = reserve + loops * reservePerLoop
        var limit = rlimit()
        guard unsafe getrlimit(files, &limit) == 0 else { return connections }
        let wanted = rlim_t(connections + reserve)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = unsafe setrlimit(files, &limit)
            guard unsafe getrlimit(files, &limit) == 0 else { return connections }
        }
        return limit.rlim_cur >= wanted ? connections : max(0, Int(limit.rlim_cur) - reserve)
    }
}
