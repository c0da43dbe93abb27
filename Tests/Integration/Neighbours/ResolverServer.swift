import Foundation

/// The resolver under test, as a process with a configuration of its own.
final class ResolverServer: Sendable {
    let process: ChildProcess
    /// Where it answers: a Unix socket, an IPv4 and an IPv6 port.
    let unix: Address
    let ipv4: Address
    let ipv6: Address
    let admin: Address

    /// Starts `serve` and waits until it listens everywhere.
    ///
    /// - Parameter configuration: the YAML from `issuers:` on; `listen`, `admin` and `log` are added.
    init(_ configuration: String) throws {
        let directory = try Scratch.directory()
        unix = .unix("\(directory)/resolver.sock")
        ipv4 = .ipv4(try Address.freePort())
        ipv6 = .ipv6(try Address.freePort())
        admin = .ipv4(try Address.freePort())
        let head = """
            listen: ["\(unix)", "\(ipv4)", "\(ipv6)"]
            admin: { listen: "\(admin)" }
            log: { level: debug, format: text }

            """
        process = try Self.launch(head + configuration, in: directory)
        for address in [unix, ipv4, ipv6, admin] {
            _ = try eventually("the resolver to listen on \(address); it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                return try Socket.connect(to: address)
            }
        }
    }

    /// Starts `serve` with a whole configuration, and waits for nothing.
    static func launch(_ configuration: String, in directory: String) throws -> ChildProcess {
        let path = "\(directory)/resolver.yaml"
        try Scratch.write(configuration, to: path)
        return try run(["serve", "--config", path], in: directory)
    }

    /// Starts a command of the program.
    static func run(_ arguments: [String], in directory: String, input: String = "/dev/null") throws -> ChildProcess {
        guard let executable = Program.resolver else { throw WireError.failed("finding authgear-resolver", ENOENT) }
        return try ChildProcess(executable, arguments, in: directory, input: input)
    }

    /// Asks until it is ready: keys loaded, store reachable.
    func becomeReady() throws {
        _ = try eventually("/readyz to be 200; the resolver wrote:\n\(process.output)") {
            let response = try HTTPConnection.get(admin, "/readyz")
            guard response.status == 200 else { throw WireError.closed(after: response.description) }
            return true
        }
    }

    /// The sum of a metric's samples whose labels include all of `labels`, such as `outcome="valid"`.
    func metric(_ name: String, _ labels: String...) throws -> Double {
        let page = try HTTPConnection.get(admin, "/metrics").body
        return page.split(separator: "\n").filter { line in
            let end = line.firstIndex { $0 == "{" || $0 == " " } ?? line.endIndex
            return line[..<end] == "authgear_resolver_" + name && labels.allSatisfy(line.contains)
        }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}
