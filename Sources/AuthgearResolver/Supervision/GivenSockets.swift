package import EventLoop
package import Glibc

/// The sockets that systemd gives a service of its own socket unit (sd_listen_fds(3), contract section 30): descriptors from 3 on, of which
/// `LISTEN_FDS` states the number and `LISTEN_PID` whose they are. Their names, `LISTEN_FDNAMES`, say nothing here: addresses do.
package struct GivenSockets: Sendable {
    private static let names = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"]
    /// The descriptor of the first one.
    private static let first: CInt = 3
    /// More are none that systemd would give.
    private static let maximumCount = 1_024

    package let sockets: [InheritedSocket]

    /// Takes them out of the process' own environment: what is started by it, or reads it later, has none. Before any thread that
    /// might read it meanwhile.
    static func take() throws(GivenSocketError) -> GivenSockets {
        defer { for name in names { _ = unsafe unsetenv(name) } }
        return try GivenSockets(in: ConfigurationFile.processEnvironment, pid: getpid())
    }

    /// - Parameters:
    ///   - environment: the value of a variable; nil when it is not set.
    ///   - pid: the process'.
    ///   - first: the descriptor of the first one.
    package init(
        in environment: (String) -> String?, pid: pid_t, first: CInt = Self.first
    ) throws(GivenSocketError) {
        // Somebody else's, who did not take them out: they say nothing of our descriptors.
        guard let owner = environment("LISTEN_PID").flatMap({ pid_t($0) }), owner == pid,
            let text = environment("LISTEN_FDS")
        else {
            sockets = []
            return
        }
        guard let count = CInt(text), (0...CInt(Self.maximumCount)).contains(count) else {
            throw .badCount(text)
        }
        var sockets: [InheritedSocket] = []
        for descriptor in first..<first + count {
            do throws(InheritedSocketError) {
                sockets.append(try InheritedSocket(descriptor: descriptor))
            } catch {
                throw .unusable(number: sockets.count, count: Int(count), error)
            }
        }
        self.sockets = sockets
    }

    /// Gives each to the address that it listens at.
    package func matched(to configuration: Configuration) throws(GivenSocketError) -> InheritedSockets {
        let addresses = configuration.places + [configuration.admin.listen]
        do throws(InheritedSockets.Unwanted) {
            return try InheritedSockets(sockets, for: addresses)
        } catch {
            throw .unwanted(error, count: sockets.count, addresses)
        }
    }
}

/// Why the process can't start with the sockets that it was given.
package enum GivenSocketError: Error, CustomStringConvertible {
    case badCount(String)
    case unusable(number: Int, count: Int, InheritedSocketError)
    case unwanted(InheritedSockets.Unwanted, count: Int, [ListenAddress])

    package var description: String {
        switch self {
        case .badCount(let text): "LISTEN_FDS is \(Reader.quote(text)), which is no number of sockets"
        case .unusable(let number, let count, let error): "given socket \(number + 1) of \(count) \(error)"
        case .unwanted(let unwanted, let count, let addresses):
            "given socket \(unwanted.number + 1) of \(count), \(unwanted.socket.address), "
                + (unwanted.isDouble ? "listens where another one does" : Self.remedy(addresses))
        }
    }

    private static func remedy(_ addresses: [ListenAddress]) -> String {
        "is none of listen and admin.listen, which are \(addresses.map(\.description).joined(separator: ", ")); "
            + "write it there, or take its ListenStream= out of the socket unit"
    }
}
