import EventLoop
import Worker

extension Configuration {
    /// Reads what is listened on: addresses of which each can be listened on beside the others.
    mutating func readListeners(from root: Section) {
        let addresses = root.list("listen", .listenAddress, count: 1...64) { address, other in
            address.overlaps(other) ? "can't be listened on beside \(other)" : nil
        }
        if let addresses { listen = addresses }
        root.section("admin") { section in
            section.read("listen", .listenAddress, into: &admin.listen)
            guard let other = listen.first(where: admin.listen.overlaps) else { return }
            let message = other == admin.listen ? "is one of listen" : "can't be listened on beside listen's \(other)"
            section.refuse("listen", message, allowed: "an address of its own")
        }
        guard !root.has("admin"), let other = listen.first(where: admin.listen.overlaps) else { return }
        root.refuse(
            "listen", "\(other) leaves none for the admin listener, which is at \(admin.listen) by default",
            allowed: "another address, or an admin.listen of its own")
    }
}
