import EventLoop
import Fixtures
import Foundation
import Testing

/// A gateway with its shipped files, in which only the ports are others.
final class RunningGateway: Sendable {
    let address: Address
    /// Where it takes HTTP/2 with prior knowledge.
    let http2: Address
    private let process: ChildProcess

    /// - Parameter files: what stands in place of shipped files, by name.
    init(
        _ program: GatewayProgram, resolver: Address, backend: Address, files: [String: String] = [:]
    ) throws {
        let executable = try #require(program.executable, "\(program.name) is not here")
        let directory = try Scratch.directory()
        var ports: [String: String] = [:]
        for port in ["8080", "8081", "4179"] { ports[port] = "\(try FreePort.take())" }
        for port in ["4180", "4182", "4183"] { ports[port] = Self.port(of: resolver) }
        ports["8000"] = Self.port(of: backend)
        for folder in program.folders {
            try Self.copy(folder, to: directory, replacing: files) { text in
                Self.replace(ports, in: program.edits.reduce(text) { $0.replacing($1.old, with: $1.new) })
            }
        }
        let web = ports["8080", default: ""]
        address = .ipv4(UInt16(web) ?? 0)
        http2 = .ipv4(UInt16(program.hasHTTP2Port ? ports["8081", default: ""] : web) ?? 0)
        process = try ChildProcess(
            executable, program.arguments(directory), in: directory, environment: ["HOME": directory])
        _ = try eventually("\(program.name) to listen; it wrote:\n\(process.output)") { [address, process] in
            guard process.status() == nil else { throw GaveUp.ended(process) }
            // Some listen before they know what to do with a request.
            return try ArrivedRequest(HTTPConnection.get(address, GatewayRow.Place.clear.rawValue))
        }
    }

    deinit {
        process.signal(SIGTERM)
        process.kill()
    }

    var log: String { process.output }

    /// Sends one request on a connection of its own and reads its answer. An error tells how the gateway is.
    func ask(_ request: String) throws -> Response {
        do {
            return try HTTPConnection.ask(address, request)
        } catch {
            let status = process.status().map { "ended with status \($0)" } ?? "runs"
            throw GaveUp(what: "the gateway's answer: it \(status), and wrote:\n\(log.suffix(4_000))", last: error)
        }
    }

    /// Asks for a path with these field lines, on a connection of its own.
    func get(_ path: String, _ fields: [String]) throws -> Response {
        try ask(HTTPConnection.request(path, fields))
    }

    private static func port(of address: Address) -> String {
        String("\(address)".split(separator: ":").last ?? "")
    }

    /// Copies a folder of the repository to where it stands there.
    static func copy(
        _ folder: String, to directory: String, replacing files: [String: String] = [:], edit: (String) -> String
    ) throws {
        let source = "\(Program.repository)/\(folder)"
        for path in try FileManager.default.subpathsOfDirectory(atPath: source)
        where path == "Caddyfile" || path.contains(".") {
            let target = URL(filePath: "\(directory)/\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            let text = try files[path] ?? Scratch.read("\(source)/\(path)")
            try Scratch.write(edit(text), to: target.path)
        }
    }

    /// Other ports in place of those that the files have.
    static func replace(_ ports: [String: String], in text: String) -> String {
        var (replaced, digits) = ("", "")
        for character in text + "\n" {
            if character.isNumber {
                digits.append(character)
            } else {
                replaced += ports[digits] ?? digits
                replaced.append(character)
                digits = ""
            }
        }
        return String(replaced.dropLast())
    }
}
