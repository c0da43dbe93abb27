import Fixtures
import Foundation
import Redis
import Testing

/// A server that tells of changes, in one version of its protocol: what is tested of one holds for all.
struct TellingServer: Sendable, CustomTestStringConvertible {
    let program: String
    let version: RESPVersion

    static let valkey = URL(filePath: #filePath)
        .appending(path: "../../../../../.build/valkey/bin/valkey-server").standardized.path
    static let areInstalled =
        RedisServer.isInstalled
        && FileManager.default.isExecutableFile(atPath: valkey)
    static let whyNot: Comment =
        "redis-server or .build/valkey/bin/valkey-server is not installed (make test installs them)"

    static let all = [RedisServer.executable, valkey].flatMap { program in
        [RESPVersion.second, .third].map { TellingServer(program: program, version: $0) }
    }

    var testDescription: String { "\(URL(filePath: program).lastPathComponent), RESP\(version.rawValue)" }

    func start() async throws -> RedisServer { try await RedisServer(running: program) }

    /// A store whose changes are told, and trusted.
    func store(at server: RedisServer, commandTimeout: Duration = .seconds(5)) async throws -> TestStore {
        let store = try await TestStore(
            trackingChangesAt: server.url, commandTimeout: commandTimeout, version: version)
        await store.log.line(with: `Changes told by a real redis`.on)
        return store
    }

    /// Has the server end the connection on which it tells, or the other one.
    func kill(feed: Bool, at server: RedisServer) async throws {
        for client in try await server.clients() where client["cmd"] != "client|list" {
            // Of the one that is told by itself, or of the one that subscribes.
            let isFeed = client["flags"]?.contains(version == .third ? "t" : "P") == true
            if isFeed == feed { try await server.cli("CLIENT", "KILL", "ID", client["id"] ?? "") }
        }
    }
}

extension RedisServer {
    /// What `CLIENT LIST` says of each connection.
    nonisolated func clients() async throws -> [[String: String]] {
        try await cli("CLIENT", "LIST").split(separator: "\n").map { line in
            var client: [String: String] = [:]
            for word in line.split(separator: " ") {
                let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
                client[pair[0]] = pair.count > 1 ? pair[1] : ""
            }
            return client
        }
    }
}
