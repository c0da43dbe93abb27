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
        self.init(address, reason: Self.reason(code, address))
    }
}
