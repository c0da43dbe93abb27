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
