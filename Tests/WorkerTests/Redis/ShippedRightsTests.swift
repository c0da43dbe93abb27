import Authentication
import Fixtures
import Foundation
import Redis
import Testing
import Worker

/// What `deploy/README.md` tells Redis to allow, against a real one.
@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `The rights that a deployment gives` {
    static let session = "app:my-project:session:1"
    /// One key of each of the other kinds.
    static let others: [(kind: RecordQuery.Kind, key: String)] = [
        (.user, "app:my-project:userinfo:1:__greatest__"), (.user, "app:my-project:userinfo:1:bearer"),
        (.accessGrant, "app:my-project:access-grant:1"), (.offlineGrant, "app:my-project:offline-grant:1"),
        (.appSession, "app:my-project:app-session:1"),
    ]

    /// The words after `ACL SETUSER`.
    static func rights() throws -> [String] {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let text = try String(contentsOf: root.appending(path: "deploy/README.md"), encoding: .utf8)
        // The line, and what continues it.
        let lines = text.replacing("\\\n", with: " ").split(separator: "\n")
        let line = try #require(lines.first { $0.contains("ACL SETUSER") })
        let words = try #require(line.components(separatedBy: "ACL SETUSER ").last).split(separator: " ")
        return words.map { $0.trimmingCharacters(in: ["'"]) }
    }

    /// Whether a user with these rights can read what it needs, and is told of its changes.
    static func areEnough(_ rights: [String], version: RESPVersion = .second) async throws -> Bool {
        let server = try await RedisServer()
        try await server.cli("SET", session, RecordReply.session(of: "u1", at: session))
        try await server.cli(["ACL", "SETUSER"] + rights)
        let name = try #require(rights.first)
        let password = try #require(rights.first { $0.hasPrefix(">") }?.dropFirst())
        let store = try await TestStore(
            trackingChangesAt: server.url.replacing("unix://", with: "unix://\(name):\(password)@"),
            prefixes: RecordKeys(appID: "my-project").prefixes, version: version)
        guard try await store.status == .reachable else { return false }
        guard try await store.lookUp(session).summary == "found u1" else { return false }
        for (kind, key) in others {
            guard try await store.lookUp(key, as: kind).summary == "missing" else { return false }
        }
        await store.log.line(with: "of changes")
        let user = others[0].key
        try await server.cli("SET", user, RecordReply.user(at: user), "PX", "300000")
        guard try await store.lookUp(user, as: .user).summary == "found user, who ends" else { return false }
        guard store.log.lines.contains(where: { $0.contains("redis tells of changes") }) else { return false }
        try await server.cli("DEL", session)
        await store.changes.line(with: "record \(session)")
        return true
    }

    @Test func `they are enough to read sessions and to be told of changes`() async throws {
        #expect(try await Self.areEnough(Self.rights()))
    }

    @Test func `none of them is more than it needs`() async throws {
        let rights = try Self.rights()
        let each = rights.filter { right in ["+", "&", "%"].contains { right.hasPrefix($0) } }
        #expect(each.count == 14)
        for right in each {
            #expect(try await !Self.areEnough(rights.filter { $0 != right }), "without \(right)")
        }
    }

    /// Those that are for a subscription alone.
    @Test func `where redis offers RESP3 two of them are wanted no more`() async throws {
        let rights = try Self.rights().filter { $0 != "+subscribe" && $0 != "&__redis__:invalidate" }
        #expect(try await Self.areEnough(rights, version: .third))
        #expect(try await !Self.areEnough(rights.filter { $0 != "+client|trackinginfo" }, version: .third))
    }

    @Test func `what is not in them is refused`() async throws {
        let server = try await RedisServer()
        try await server.cli(["ACL", "SETUSER"] + Self.rights())
        let name = try #require(try Self.rights().first)
        for command in [
            ["GET", "app:my-project:session-list:1"], ["SET", Self.session, "x"], ["DEL", Self.session],
            ["KEYS", "*"], ["CLIENT", "LIST"], ["CONFIG", "GET", "*"],
        ] {
            let said = try await server.cli(["ACL", "DRYRUN", name] + command)
            #expect(said != "OK\n", "\(command)")
        }
    }
}
