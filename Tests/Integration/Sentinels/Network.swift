import EventLoop
import Fixtures
import Foundation

/// What lies between the machines of a test, each of which is an address 127.0.0.x: what they say to each other passes through it,
/// and wires can be cut, so that packets are lost and nobody is told.
final class Network: Sendable {
    /// Between two machines, by the last bytes of their addresses; the order means nothing.
    struct Wire: Hashable, Sendable {
        private let ends: Set<UInt8>

        init(_ one: UInt8, _ other: UInt8) { ends = [one, other] }
    }

    /// The machine of whoever does not say where it is: the resolver's.
    static let ours: UInt8 = 1

    private let condition = NSCondition()
    /// Guarded by the condition.
    private nonisolated(unsafe) var cut: Set<Wire> = []

    /// Nothing passes over these wires any more.
    func cut(_ wires: [Wire]) { change { $0.formUnion(wires) } }

    /// What was held passes, and all that follows.
    func mend() { change { $0 = [] } }

    private func change(_ body: (inout Set<Wire>) -> Void) {
        condition.lock()
        unsafe body(&cut)
        condition.broadcast()
        condition.unlock()
    }

    /// Returns as soon as the wire is whole.
    fileprivate func pass(_ wire: Wire) {
        condition.lock()
        while unsafe cut.contains(wire) { condition.wait() }
        condition.unlock()
    }
}

/// An address of a machine as the others see it: bytes go through the network to the server that is there, and back.
final class NetworkPort: Sendable {
    let port: UInt16
    let address: Address
    private let server: SocketServer

    /// - Parameters:
    ///   - machine: the last byte of its address.
    ///   - target: where the server is.
    init(on machine: UInt8, to target: Address, in network: Network) throws {
        port = try FreePort.take()
        address = .ipv4(port, host: machine)
        server = try SocketServer(on: address) { client in
            let wire = Network.Wire(client.peerHost ?? Network.ours, machine)
            // Held back here, too: else who connects anew would reach the server.
            network.pass(wire)
            let server = try Socket.connect(to: target)
            Thread.detachNewThread { Self.pass(from: server, to: client, over: wire, of: network) }
            Self.pass(from: client, to: server, over: wire, of: network)
        }
    }

    private static func pass(from source: Socket, to sink: Socket, over wire: Network.Wire, of network: Network) {
        defer {
            source.cut()
            sink.cut()
        }
        while true {
            do {
                let bytes = try source.receive()
                // An end as well: that is a packet, too.
                network.pass(wire)
                guard !bytes.isEmpty else { return }
                try sink.send(bytes)
            } catch WireError.silent {
                continue
            } catch {
                return
            }
        }
    }
}
