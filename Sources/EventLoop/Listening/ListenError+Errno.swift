import Glibc

extension ListenError {
    /// What the system's error number means for a person who configures an address.
    package static func reason(_ code: CInt, _ address: ListenAddress) -> String {
        switch code {
        case EADDRINUSE: "another process listens there; stop it or choose another address"
        case EADDRNOTAVAIL: "no interface of this host has that address"
        case EACCES, EPERM:
            if case .unix = address {
                "no permission; the directory must be writable for the user that the process runs as"
            } else {
                "no permission; ports below 1024 need CAP_NET_BIND_SERVICE"
            }
        case ENOENT, ENOTDIR: "the directory does not exist; create it first"
        case EAFNOSUPPORT: "this host has no IPv6"
        case EMFILE, ENFILE: "too many open files; raise the limit (ulimit -n)"
        default: "system error \(code)"
        }
    }
}
