package import EventLoop

extension Configuration {
    /// The operator's listener, and by what else the process can be reached.
    package struct Admin: Hashable, Sendable {
        package var listen = ListenAddress.tcp(host: "127.0.0.1", port: 4181)
        /// The path of the Unix socket by which `reload` reaches the process; nil: there is none.
        package var control: String?
        /// What has to be there for `/readyz` to be 200.
        package var ready = ReadinessRule.any
        /// Whether something can be changed by the listener, where it is on loopback or a Unix socket.
        package var changes = false
    }
}

/// What has to be there for the process to be asked; that something can be answered is asked of each.
package enum ReadinessRule: Hashable, Sendable {
    /// Nothing in particular.
    case any
    /// Each issuer's keys, the store, whoever is asked.
    case all
    /// The keys of these issuers, and perhaps the store.
    case listed(issuers: Set<String>, store: Bool)
}
