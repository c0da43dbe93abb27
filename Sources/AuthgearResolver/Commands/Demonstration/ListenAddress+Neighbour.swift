package import EventLoop
import Worker

extension ListenAddress {
    /// Where the demo's admin listener is: on loopback, one port further; any port when that is any. Beside a Unix socket
    /// it is where the configuration has it by default.
    package var neighbour: ListenAddress {
        switch self {
        case .unix: Configuration.Admin().listen
        case .tcp(_, port: 0): .tcp(host: "127.0.0.1", port: 0)
        case .tcp(_, port: 65_535): .tcp(host: "127.0.0.1", port: 65_534)
        case .tcp(_, let port): .tcp(host: "127.0.0.1", port: port + 1)
        }
    }
}
