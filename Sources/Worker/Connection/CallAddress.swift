package import EventLoop
package import ExtAuthz
import HTTP1

/// Where calls of gRPC are listened for: `grpc://127.0.0.1:4182`, `grpc://127.0.0.1:4182/require`,
/// `grpc://[::1]:4182/policy/staff/require`, `grpc+unix:/run/x.sock`.
package struct CallAddress: Hashable, Sendable, CustomStringConvertible {
    package var address: ListenAddress
    /// What a call asks that does not say it.
    package var mode: CheckMode

    package init(_ address: ListenAddress, mode: CheckMode = CheckMode(.resolve)) {
        (self.address, self.mode) = (address, mode)
    }

    /// The policy that is asked about where a call does not say it.
    package var policy: String? { mode.policy }

    /// The same at the address that the system picked.
    package func bound(to address: ListenAddress) -> CallAddress { CallAddress(address, mode: mode) }

    /// Why a text is no such address.
    package enum Problem: Error, Hashable {
        case badAddress(ListenAddressError)
        case badMode
    }

    private static let (tcp, unix) = ("grpc://", "grpc+unix:")

    /// Reads an address as the configuration writes it; nil: it is of another kind.
    package static func read(_ text: String) throws(Problem) -> CallAddress? {
        if text.hasPrefix(unix) {
            return CallAddress(try address("unix:" + text.dropFirst(unix.count)))
        }
        guard text.hasPrefix(tcp) else { return nil }
        let rest = text.dropFirst(tcp.count)
        let (place, path) = (rest.prefix { $0 != "/" }, rest.drop { $0 != "/" })
        guard let mode = mode(path) else { throw .badMode }
        return CallAddress(try address(String(place)), mode: mode)
    }

    private static func address(_ text: String) throws(Problem) -> ListenAddress {
        do throws(ListenAddressError) { return try ListenAddress(text) } catch { throw .badAddress(error) }
    }

    private static func mode(_ path: Substring) -> CheckMode? {
        let steps = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch (steps.count, steps.last) {
        case (0, _): return CheckMode(.resolve)
        case (1, "resolve"): return CheckMode(.resolve)
        case (1, "require"): return CheckMode(.require)
        case (3, "require") where steps.first == "policy" && !steps[steps.startIndex + 1].isEmpty:
            return CheckMode(.require, policy: String(steps[steps.startIndex + 1]))
        default: return nil
        }
    }

    package var description: String {
        let path = mode.policy.map { "/policy/\($0)/require" } ?? (mode.route == .require ? "/require" : "")
        switch address {
        case .tcp: return "\(Self.tcp)\(address)\(path)"
        case .unix(let file): return "\(Self.unix)\(file)"
        }
    }
}

/// What is spoken at an address.
package enum GatewayFront: Hashable, Sendable {
    /// HTTP/1 or HTTP/2, as the client's first bytes choose.
    case http
    /// The same within TLS.
    case secured
    /// Envoy's external authorization.
    case calls(CheckMode)
}
