import Bytes

/// Why an address could not be listened on, and what to do.
package struct ListenError: Error, CustomStringConvertible {
    package var address: ListenAddress
    /// What is wrong, and what to do.
    package var reason: String

    package var description: String { "cannot listen on \(address): \(reason)" }

    package init(_ address: ListenAddress, reason: String) {
        self.address = address
        self.reason = reason
    }

    /// - Parameter code: the system's error number.
    package init(_ address: ListenAddress, errno code: CInt) {
        self.init(address, reason: Self.reason(SystemError(code: code), at: address))
    }

    /// What the system's error means for a person who configures an address.
    private static func reason(_ error: SystemError, at address: ListenAddress) -> String {
        switch error.cause {
        case .addressInUse: "another process listens there; stop it or choose another address"
        case .addressNotAvailable: "no interface of this host has that address"
        case .permissionDenied:
            if case .unix = address {
                "no permission; the directory must be writable for the user that the process runs as"
            } else {
                "no permission; ports below 1024 need CAP_NET_BIND_SERVICE"
            }
        case .notFound, .notDirectory: "the directory does not exist; create it first"
        case .familyNotSupported: "this host has no IPv6"
        case .tooManyFiles: "too many open files; raise the limit (ulimit -n)"
        default: "system error \(error.code)"
        }
    }
}
