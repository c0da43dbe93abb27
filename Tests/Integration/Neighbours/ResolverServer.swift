import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// The resolver under test, as a process with a configuration of its own.
final class ResolverServer: Sendable {
    private let running: NIOLockedValueBox<ChildProcess>
    private let directory: String
    private let launch: Launch
    /// The configuration's lines that the tests don't write.
    private let head: String
    /// Where it answers: a Unix socket, an IPv4 and an IPv6 port.
    let unix: Address
    let ipv4: Address
    let ipv6: Address
    let admin: Address
    /// Where it takes calls of gRPC, in the order of `calls`.
    let calls: [Address]

    /// Starts `serve` and waits until it listens everywhere.
    ///
    /// - Parameters:
    ///   - configuration: the YAML from `issuers:` on; `listen`, `admin` and `log` are added.
    ///   - hosts: a file that it sees as `/etc/hosts`; needs `Program.beforeCommandWithHosts`.
    ///   - control: whether `admin.control` names a socket.
    ///   - changes: whether something can be changed by the admin listener.
    ///   - calls: for each address where it takes calls of gRPC, what its path says of what is asked.
    ///   - level: of its log.
    ///   - more: another address to listen on.
    ///   - isGiven: whether its sockets are the test's, which it is started with.
    ///   - environment: what it has of it.
    init(
        _ configuration: String, hosts: String? = nil, control: Bool = false, changes: Bool = false,
        calls paths: [String] = [], level: String = "debug", more: String? = nil, givenSockets isGiven: Bool = false,
        environment: [String: String] = [:]
    ) throws {
        directory = try Scratch.directory()
        unix = .unix("\(directory)/resolver.sock")
        ipv4 = .ipv4(try FreePort.take())
        ipv6 = .ipv6(try FreePort.take())
        admin = .ipv4(try FreePort.take())
        calls = try paths.map { _ in .ipv4(try FreePort.take()) }
        let call = zip(calls, paths).map { ", \"grpc://\($0)\($1)\"" }.joined()
        let socket = (control ? ", control: \"\(directory)/control.sock\"" : "") + (changes ? ", changes: true" : "")
        let other = more.map { ", \"\($0)\"" } ?? ""
        head = """
            listen: ["\(unix)", "\(ipv4)", "\(ipv6)"\(call)\(other)]
            admin: { listen: "\(admin)"\(socket) }
            log: { level: \(level), format: text }

            """
        let sockets = isGiven ? try [unix, ipv4, ipv6, admin].map(Socket.listen) : []
        launch = Launch(hosts: hosts, sockets: sockets, environment: environment)
        try Scratch.write(head + configuration, to: "\(directory)/resolver.yaml")
        running = NIOLockedValueBox(try launch.serve("\(directory)/resolver.yaml", in: directory))
        try waitUntilItListens()
    }

    /// The configuration file.
    var path: String { "\(directory)/resolver.yaml" }

    /// Where it is told what to do, with `control`.
    var control: String { "\(directory)/control.sock" }

    /// Starts another one, which is to follow it, and waits for nothing.
    func successor() throws -> ChildProcess {
        try Launch().serve(path, "--take-over", in: directory)
    }

    /// Has another one follow it, and waits for its end.
    ///
    /// - Returns: the exit status of the process that has ended.
    func takeOver() throws -> Int32 {
        let (former, next) = (process, try successor())
        running.withLockedValue { $0 = next }
        return try eventually("the end of the former; the next one wrote:\n\(next.output)") {
            guard next.status() == nil else { throw GaveUp.ended(next) }
            return former.status()
        }
    }

    /// Replaces the configuration file, all at once.
    ///
    /// - Parameter edit: what becomes of the lines that the tests don't write.
    func rewrite(_ configuration: String, _ edit: (String) -> String = { $0 }) throws {
        try Scratch.write(edit(head) + configuration, to: path)
    }

    /// Changes something by the admin listener, as an operator on this machine.
    func change(_ path: String, _ fields: String...) throws -> Response {
        let lines = ["POST \(path) HTTP/1.1", "Host: \(admin)", "Content-Length: 0", "X-Authgear-Admin: 1"] + fields
        return try HTTPConnection.ask(admin, lines.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    /// Runs `reload`, and gives its exit status and what it wrote.
    func reload() throws -> (status: Int32, output: String) {
        let command = try Self.run(["reload", "--config", path], in: directory)
        return (try command.wait(), command.output)
    }

    var process: ChildProcess { running.withLockedValue { $0 } }

    /// Ends it in order, waits for that, and starts it again.
    ///
    /// - Returns: the exit status of the process that has ended.
    func restart() throws -> Int32 {
        process.signal(SIGTERM)
        let status = try process.wait()
        let next = try launch.serve(path, in: directory)
        running.withLockedValue { $0 = next }
        try waitUntilItListens()
        return status
    }

    private func waitUntilItListens() throws {
        for address in [unix, ipv4, ipv6, admin] + calls {
            _ = try eventually("the resolver to listen on \(address); it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                return try Socket.connect(to: address)
            }
        }
    }

    /// Starts `serve` with a whole configuration, and waits for nothing.
    static func launch(
        _ configuration: String, in directory: String, _ launch: Launch = Launch()
    ) throws -> ChildProcess {
        let path = "\(directory)/resolver.yaml"
        try Scratch.write(configuration, to: path)
        return try launch.serve(path, in: directory)
    }

    /// Starts a command of the program.
    static func run(_ arguments: [String], in directory: String, input: String = "/dev/null") throws -> ChildProcess {
        guard let executable = Program.resolver else { throw WireError.failed("finding authgear-resolver", ENOENT) }
        return try ChildProcess(executable, arguments, in: directory, input: input)
    }

    /// Asks until it is ready: keys loaded, store reachable.
    func becomeReady() throws {
        _ = try eventually("keys and store to be there; the resolver wrote:\n\(process.output)") {
            let response = try HTTPConnection.get(admin, "/readyz")
            let isMissing = ["\nissuer ", "\nsession store: "].contains(where: response.body.contains)
            guard response.status == 200, !isMissing else { throw WireError.closed(after: response.description) }
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
