import Authentication
package import EventLoop
import Worker
import Yams

extension Configuration {
    /// Reads what is listened on: addresses of which each can be listened on beside the others.
    mutating func readListeners(from root: Section) {
        let addresses = root.list("listen", as: .gatewayAddress, count: 1...64) { address, other in
            address.place.overlaps(other.place) ? "can't be listened on beside \(other)" : nil
        }
        if let addresses {
            listen = addresses.compactMap { if case .http(let address) = $0 { address } else { nil } }
            secured = addresses.compactMap { if case .secured(let address) = $0 { address } else { nil } }
            calls = addresses.compactMap { if case .calls(let address) = $0 { address } else { nil } }
        }
        root.section("admin") { section in
            section.read("listen", as: .listenAddress, into: &admin.listen)
            readControl(from: section)
            section.read("changes", as: .flag, into: &admin.changes)
            section.section("ready") { $0.readRequirement(into: &admin.ready) }
            guard let other = places.first(where: admin.listen.overlaps) else { return }
            let message = other == admin.listen ? "is one of listen" : "can't be listened on beside listen's \(other)"
            section.refuse("listen", message, allowed: "an address of its own")
        }
        guard !root.has("admin"), let other = places.first(where: admin.listen.overlaps) else { return }
        root.refuse(
            "listen", "\(other) leaves none for the admin listener, which is at \(admin.listen) by default",
            allowed: "another address, or an admin.listen of its own")
    }

    /// Who serves them.
    mutating func readWorkers(from root: Section) {
        root.read("threads", as: .threads, into: &threads)
        root.read("scheduling", as: .choice, into: &scheduling)
    }

    /// All addresses of gateways, whatever is spoken there.
    package var places: [ListenAddress] { listen + secured + calls.map(\.address) }

    /// What TLS is served by, and addresses where it is, need each other.
    ///
    /// - Parameter section: `tls`, if it is there.
    func checkSecured(from root: Section, _ section: Section?) {
        switch (secured.first, section?.has("server") ?? false) {
        case (let address?, false):
            root.refuse(
                "listen", "\(secure)\(address) has no certificate",
                allowed: "a section tls.server with cert_file and key_file")
        // One that could not be read has been refused already.
        case (nil, true) where root.node("listen")?.node.sequence?.contains(where: Self.isSecured) != true:
            section?.refuse(
                "server", "serves no address of listen", allowed: "an address such as \(secure)127.0.0.1:4443 in listen"
            )
        default: break
        }
    }

    /// A policy that an address of calls names has to be there.
    func checkCalls(from root: Section) {
        for case let call in calls {
            guard let name = call.policy, !policies.contains(where: { $0.name == name }) else { continue }
            root.refuse("listen", "\(call) names a policy that is not there", allowed: "a name of policies")
        }
    }

    private static func isSecured(_ node: Node) -> Bool { node.scalar?.string.hasPrefix(secure) ?? false }

    /// Reads where `reload` reaches the process: a socket of its own.
    private mutating func readControl(from section: Section) {
        guard let path = section.optional("control", as: .controlSocket) else { return }
        let address = ListenAddress.unix(path: path)
        if let other = (places + [admin.listen]).first(where: address.overlaps) {
            section.refuse("control", "can't be listened on beside \(other)", allowed: "a path of its own")
        }
        admin.control = path
    }
}

/// What `listen` may have.
private enum GatewayAddress: Hashable, CustomStringConvertible {
    case http(ListenAddress)
    case secured(ListenAddress)
    case calls(CallAddress)

    var place: ListenAddress {
        switch self {
        case .http(let address), .secured(let address): address
        case .calls(let call): call.address
        }
    }

    var description: String {
        switch self {
        case .http(let address): "\(address)"
        case .secured(let address): "\(secure)\(address)"
        case .calls(let call): "\(call)"
        }
    }
}

/// How an address begins where TLS is spoken.
private let secure = "https://"

extension Form where Value == GatewayAddress {
    /// Where a gateway asks: by HTTP, plain or within TLS, or by gRPC.
    fileprivate static var gatewayAddress: Form {
        let plain = Form<ListenAddress>.listenAddress
        let more = "for TLS \(secure)127.0.0.1:4443, or for gRPC grpc://127.0.0.1:4182 or grpc+unix:/path"
        return Form(allowed: "\(plain.allowed), \(more)") { text throws(Misfit) in
            if text.hasPrefix(secure) {
                let address = try plain.parse(String(text.dropFirst(secure.count)))
                guard case .tcp = address else { throw Misfit("has no IP address and port behind \(secure)") }
                return .secured(address)
            }
            do throws(CallAddress.Problem) {
                if let call = try CallAddress.read(text) { return .calls(call) }
            } catch {
                switch error {
                case .badAddress(let error): throw Misfit("\(error)")
                case .badMode: throw Misfit("ends neither with /require nor with /policy/<name>/require")
                }
            }
            return .http(try plain.parse(text))
        }
    }
}

extension Form where Value == String {
    /// The path of a Unix socket, as `listen` writes it or alone.
    fileprivate static var controlSocket: Form {
        Form(allowed: "the absolute path of a Unix socket, such as /run/authgear-resolver/control.sock") {
            text throws(Misfit) in
            do throws(ListenAddressError) {
                guard case .unix(let path) = try ListenAddress(text.hasPrefix("/") ? "unix:\(text)" : text) else {
                    throw .badPath
                }
                return path
            } catch {
                throw Misfit(
                    error == .pathTooLong ? "is too long: at most 107 bytes" : "is no absolute path of a socket")
            }
        }
    }
}
