import Foundation

/// An address of `sessions.redis.url` that leads to one server now and to another one later, as operators have it.
final class MovingAddress: Sendable, CustomStringConvertible {
    enum Way: String, Sendable {
        case balancer = "a balancer"
        case socketPath = "the path of a Unix socket"
        case name = "a name"

        /// Those that can be had here: a name takes a mount namespace.
        static var feasible: [Way] {
            [.balancer, .socketPath] + (Program.beforeCommandWithHosts == nil ? [] : [.name])
        }
    }

    let way: Way
    let url: String
    /// The file that the resolver must see as `/etc/hosts`.
    let hosts: String?
    private let move: @Sendable (RedisNode) throws -> Void

    init(_ way: Way, to node: RedisNode) throws {
        self.way = way
        switch way {
        case .balancer:
            let balancer = try Balancer(to: node.redis.address)
            (url, hosts) = ("redis://\(balancer.address)/0", nil)
            move = { balancer.lead(to: $0.redis.address) }
        case .socketPath:
            let directory = try Scratch.directory()
            (url, hosts) = ("unix://\(directory)/redis.sock", nil)
            move = { node in
                let next = "\(directory)/next"
                try FileManager.default.createSymbolicLink(atPath: next, withDestinationPath: node.redis.unixSocketPath)
                guard unsafe rename(next, "\(directory)/redis.sock") == 0 else {
                    throw WireError.failed("renaming", errno)
                }
            }
        case .name:
            let file = "\(try Scratch.directory())/hosts"
            // The addresses differ in one byte, which is written where it stands: a reader sees the one or the other.
            try Scratch.write("127.0.0.\(node.lastByte) redis.test\n127.0.0.1 localhost\n", to: file)
            (url, hosts) = ("redis://redis.test:\(node.port)/0", file)
            move = { node in
                let handle = try FileHandle(forUpdating: URL(filePath: file))
                try handle.seek(toOffset: UInt64("127.0.0.".utf8.count))
                try handle.write(contentsOf: Data("\(node.lastByte)".utf8))
                try handle.close()
            }
        }
        try move(node)
    }

    var description: String { way.rawValue }

    /// From now on it leads to this server. Connections that there are stay where they are.
    func lead(to node: RedisNode) throws { try move(node) }
}
