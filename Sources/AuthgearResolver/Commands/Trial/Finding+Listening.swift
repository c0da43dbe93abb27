import EventLoop
import Worker

extension Finding {
    /// What to know of the addresses that are listened on; nothing, when only this host reaches them.
    package static func hints(on configuration: Configuration) -> [Finding] {
        configuration.listen.filter(\.isEverywhere).map { address in
            .hint(
                "listen \(address)",
                "every host that reaches this one can ask; bind the address that the gateway asks (127.0.0.1 beside it), or let a firewall admit the gateway alone"
            )
        }
            + [configuration.admin.listen].filter(\.isEverywhere).map { address in
                .hint(
                    "admin.listen \(address)",
                    "every host that reaches this one can read the metrics; bind 127.0.0.1, or let a firewall admit the monitoring alone"
                )
            }
    }
}

extension ListenAddress {
    /// Whether it is all of the host's addresses.
    fileprivate var isEverywhere: Bool {
        if case .tcp(let host, _) = self { ["0.0.0.0", "::"].contains(host) } else { false }
    }
}
