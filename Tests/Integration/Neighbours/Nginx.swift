import EventLoop
import Foundation
import Testing

/// A real nginx with the shipped files; only the addresses are replaced.
final class Nginx: Sendable {
    let address: Address
    /// Where its files are.
    let directory: String
    private let process: ChildProcess

    /// The directory of the shipped files.
    static let shipped = Program.repository + "/nginx"

    /// - Parameters:
    ///   - others: more resolvers, each with what the shipped file says of its one; they are asked in turn.
    ///   - settings: directives that stand at http level beside the shipped ones.
    ///   - server: those that stand in the server.
    ///   - change: changes the text of a shipped file, as its README says.
    init(
        resolver: Address, others: [Address] = [], backend: Address, settings: String = "", server: String = "",
        change: (_ file: String, _ text: String) throws -> String = { $1 }
    ) throws {
        guard let executable = Program.nginx else { throw WireError.failed("finding nginx", ENOENT) }
        directory = try Scratch.directory()
        address = .unix("\(directory)/nginx.sock")
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.shipped) where name.hasSuffix(".conf") {
            var text = try change(name, Scratch.read("\(Self.shipped)/\(name)"))
            switch name {
            case "upstream.conf":
                text = try Self.list([resolver] + others, in: text)
            case "nginx.conf":
                text = try Self.replace("listen 127.0.0.1:8080;", with: "listen \(address);", in: text)
                text = try Self.replace("        listen 127.0.0.1:8081 http2;\n", with: "", in: text)
                text = try Self.replace("server 127.0.0.1:8000 ", with: "server \(backend) ", in: text)
                text = try Self.replace("    server_tokens off;", with: "    server_tokens off; \(settings)", in: text)
                text = try Self.replace("include locations.conf;", with: "include locations.conf; \(server)", in: text)
            default: break
            }
            try Scratch.write(text, to: "\(directory)/\(name)")
        }
        // As root nginx would give up its rights, and with them the way to the sockets of these tests.
        let directives = "daemon off;" + (getuid() == 0 ? " user root;" : "")
        process = try ChildProcess(
            executable, ["-p", directory, "-c", "\(directory)/nginx.conf", "-g", directives], in: directory)
        _ = try eventually("nginx to listen; it wrote:\n\(process.output)") { [address] in
            try Socket.connect(to: address)
        }
    }

    deinit {
        process.signal(SIGTERM)
        _ = try? process.wait()
    }

    var log: String { process.output }

    private static func list(_ resolvers: [Address], in text: String) throws -> String {
        let shipped = text.split(separator: "\n").filter { $0.hasPrefix("    server 127.0.0.1:4180") }
        let line = try #require(shipped.count == 1 ? shipped.first : nil, "upstream.conf has one server")
        let lines = resolvers.map { line.replacing("127.0.0.1:4180", with: "\($0)") }
        return text.replacing(line, with: lines.joined(separator: "\n"))
    }

    private static func replace(_ old: String, with new: String, in text: String) throws -> String {
        try #require(text.components(separatedBy: old).count == 2, "nginx's files say \(old) once")
        return text.replacingOccurrences(of: old, with: new)
    }
}
