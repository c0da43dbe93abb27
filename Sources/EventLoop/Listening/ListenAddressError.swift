/// Why a text is no address to listen on.
package enum ListenAddressError: UInt8, CaseIterable, Error, Sendable, CustomStringConvertible {
    case portMissing, badPort, hostMissing, badHost, bracketsMissing, badPath, pathTooLong

    /// What is wrong and what to write instead.
    package var description: String {
        switch self {
        case .portMissing: "has no port: write it behind the address, such as 127.0.0.1:4180"
        case .badPort: "has a port that is no number from 0 to 65535"
        case .hostMissing:
            "has no address: write 127.0.0.1:… for this host only, 0.0.0.0:… or [::]:… for every interface"
        case .badHost:
            "has no IP address: names are not looked up, write the address itself, such as 127.0.0.1 or [::1]"
        case .bracketsMissing: "has an IPv6 address without brackets: write [::1]:4180"
        case .badPath: "has no absolute path of a socket: write unix:/run/authgear-resolver/resolver.sock"
        case .pathTooLong: "has a path that is too long for a Unix socket: at most 107 bytes"
        }
    }
}
