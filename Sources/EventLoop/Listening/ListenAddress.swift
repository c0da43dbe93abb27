import Bytes

/// Where to listen: `127.0.0.1:4180`, `[::1]:4180`, `0.0.0.0:4180`, `unix:/run/x.sock`.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IP address as text, without brackets, and a port; with port 0 the system picks one.
    case tcp(host: String, port: Int)
    /// The path of a Unix socket.
    case unix(path: String)

    /// Reads an address as the configuration writes it.
    package init(_ text: String) throws(ListenAddressError) {
        if text.hasPrefix("unix:") {
            self = try Self.unixSocket(at: String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw .portMissing }
        let (host, digits) = (text[..<colon], text[text.index(after: colon)...])
        guard !digits.isEmpty else { throw .portMissing }
        guard digits.utf8.allSatisfy(\.isDigit), let port = UInt16(digits) else { throw .badPort }
        guard !host.isEmpty else { throw .hostMissing }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let address = isBracketed ? String(host.dropFirst().dropLast()) : String(host)
        guard let parsed = SocketAddress(ip: address, port: port) else { throw .badHost }
        guard parsed.isIPv6 == isBracketed else { throw isBracketed ? .badHost : .bracketsMissing }
        self = .tcp(host: address, port: Int(port))
    }

    /// Where a socket is bound.
    package init(_ address: SocketAddress) {
        switch address {
        case .ipv4(_, let port), .ipv6(_, _, _, let port): self = .tcp(host: address.host, port: Int(port))
        case .unix(let path): self = .unix(path: path)
        }
    }

    private static func unixSocket(at path: String) throws(ListenAddressError) -> Self {
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else { throw .badPath }
        guard path.utf8.count <= SocketAddress.maximumPathLength else { throw .pathTooLong }
        return .unix(path: path)
    }

    /// Whether only one of the two can be listened on. `[::]` and `0.0.0.0` are two addresses; each holds all others of its
    /// family.
    package func overlaps(_ other: ListenAddress) -> Bool {
        switch (self, other) {
        case (.unix(let path), .unix(let otherPath)): Self.steps(of: path) == Self.steps(of: otherPath)
        case (.tcp(let host, let port), .tcp(let otherHost, let otherPort)):
            port == otherPort && port != 0 && Self.overlap(of: host, with: otherHost)
        case (.unix, .tcp), (.tcp, .unix): false
        }
    }

    /// Whether it is the same place, however it is written. A port that the system is to pick is none yet.
    package func isSame(as other: ListenAddress) -> Bool {
        switch (self, other) {
        case (.unix, .unix): overlaps(other)
        case (.tcp(let host, let port), .tcp(let otherHost, let otherPort)):
            port == otherPort && port != 0 && SocketAddress(ip: host, port: 0) == SocketAddress(ip: otherHost, port: 0)
        case (.unix, .tcp), (.tcp, .unix): false
        }
    }

    private static func overlap(of host: String, with other: String) -> Bool {
        guard let one = SocketAddress(ip: host, port: 0), let two = SocketAddress(ip: other, port: 0),
            one.isIPv6 == two.isIPv6
        else { return false }
        return one == two || one.isWildcard || two.isWildcard
    }

    /// The names that a path leads through; links are not followed.
    private static func steps(of path: String) -> [Substring] {
        path.split(separator: "/").reduce(into: []) { steps, step in
            switch step {
            case ".": break
            case "..": _ = steps.popLast()
            default: steps.append(step)
            }
        }
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

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
