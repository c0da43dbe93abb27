import EventLoop
import Worker

extension Configuration {
    /// Reads what is listened on: addresses of which each can be listened on beside the others.
    mutating func readListeners(from root: Section) {
        let addresses = root.list("listen", as: .listenAddress, count: 1...64) { address, other in
            address.overlaps(other) ? "can't be listened on beside \(other)" : nil
        }
        if let addresses { listen = addresses }
        root.section("admin") { section in
            section.read("listen", as: .listenAddress, into: &admin.listen)
            readControl(from: section)
            guard let other = listen.first(where: admin.listen.overlaps) else { return }
            let message = other == admin.listen ? "is one of listen" : "can't be listened on beside listen's \(other)"
            section.refuse("listen", message, allowed: "an address of its own")
        }
        guard !root.has("admin"), let other = listen.first(where: admin.listen.overlaps) else { return }
        root.refuse(
            "listen", "\(other) leaves none for the admin listener, which is at \(admin.listen) by default",
            allowed: "another address, or an admin.listen of its own")
    }

    /// Reads where `reload` reaches the process: a socket of its own.
    private mutating func readControl(from section: Section) {
        guard let path = section.optional("control", as: .controlSocket) else { return }
        let address = ListenAddress.unix(path: path)
        if let other = (listen + [admin.listen]).first(where: address.overlaps) {
            section.refuse("control", "can't be listened on beside \(other)", allowed: "a path of its own")
        }
        admin.control = path
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
