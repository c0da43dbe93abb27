import Foundation
import Testing

/// A gateway as the suite runs it: a program, and the files for it that are shipped.
struct GatewayProgram: Sendable, CustomTestStringConvertible {
    /// What it is called in `GATEWAYS` and in the table.
    let name: String
    /// Where the program comes from.
    let origin: String
    /// Its path; nil where it is not.
    let executable: String?
    /// What makes it print its version.
    let version: [String]
    /// Where its files are in the repository.
    let folder: String
    /// Those that it needs besides.
    var otherFolders: [String] = []
    /// How it is started in a folder that has a copy of those.
    let arguments: @Sendable (_ directory: String) -> [String]
    /// Whether HTTP/2 with prior knowledge has a port of its own.
    var hasHTTP2Port = false
    /// Whether it asks by gRPC.
    var asksByCalls = false
    /// Whether it asks over HTTP/2.
    var asksByHTTP2 = false
    /// Whether it asks behind TLS.
    var asksByTLS = false
    /// What an operator changes in its files, each once.
    var edits: [(old: String, new: String)] = []
    /// What the resolver's configuration has to say for it.
    var configuration = ""
    /// The promises that it can't keep, and why.
    var exceptions: [Promise: String] = [:]

    var folders: [String] { [folder] + otherFolders }
    var testDescription: String { name }

    static let all: [GatewayProgram] = [
        .nginx, .nginxWithHeadersMore, .openresty, .haproxy, .haproxyFromPyPI, .caddy, .caddyFromPyPI, .caddyAtOnce,
        .envoy,
        .envoyByCalls,
        .traefik, .traefikOverHTTP2, .apache, .kong, .apisix,
    ]

    /// Those that are here; of these the one that `GATEWAY` names, if it names one.
    static let running = all.filter { program in
        program.executable != nil
            && ["", program.name].contains(ProcessInfo.processInfo.environment["GATEWAY", default: ""])
    }

    /// Debian's that are not.
    static let missing = all.filter { !$0.origin.hasPrefix("PyPI") && $0.executable == nil }.map(\.name)
    static let reason: Comment = """
        needs haproxy, caddy, apache2, lua-socket, libnginx-mod-http-lua and libnginx-mod-http-headers-more-filter (apt-get \
        install; make test does)
        """

    /// The program's own word on its version.
    func versionText() throws -> String {
        guard let executable else { return "" }
        let process = try ChildProcess(executable, version, in: Scratch.directory())
        _ = try process.wait()
        return process.output.firstMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/).map { String($0.output) } ?? ""
    }

    /// A program of Debian's.
    static func inPath(_ name: String) -> String? { Program.inPath(name) }

    /// A program of a Python package's: `.build/gateways` has them after `make test GATEWAYS=all`, or `GATEWAY_PROGRAMS` says where.
    static func fromPyPI(_ path: String) -> String? {
        let own = ProcessInfo.processInfo.environment["GATEWAY_PROGRAMS"].flatMap { $0.isEmpty ? nil : $0 }
        let root = own ?? Program.repository + "/.build/gateways"
        if let found = Program.executable("\(root)/\(path)") { return found }
        // Below a folder that has Python's version in its name.
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/lib")) ?? []
        return versions.lazy.compactMap { Program.executable("\(root)/lib/\($0)/site-packages/\(path)") }.first
    }
}
