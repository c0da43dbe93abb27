import Fixtures
import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// The configuration is read again: what asks for it, what changes, and what does not.
    @Suite struct ReloadTests {
        private static let session = StoredSession(id: "s1", user: "u1")

        private let redis: RedisServer
        private let issuer: IssuerServer

        init() throws {
            redis = try RedisServer()
            try redis.add(Self.session)
            try redis.add(StoredUser(id: Self.session.user))
            issuer = try IssuerServer(keys: Mint.keySet())
        }

        private func configuration(sessions: String = "", rest: String = "") -> String {
            """
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
            sessions: { store: redis, app_id: my-project, \(sessions) redis: { url: "\(redis.url)" } }
            \(rest)
            """
        }

        private func resolver(control: Bool = true, rest: String = "") throws -> ResolverServer {
            let resolver = try ResolverServer(configuration(rest: rest), control: control)
            try resolver.becomeReady()
            return resolver
        }

        private func amr(_ resolver: ResolverServer) throws -> String? {
            try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=\(Self.session.cookie)")[
                "x-authgear-session-amr"]
        }

        /// Until its answer comes from memory.
        private func remember(_ resolver: ResolverServer) throws {
            _ = try eventually("an answer from memory") {
                _ = try amr(resolver)
                return try resolver.metric("session_cache_hits_total") > 0 ? true : nil
            }
        }

        private func waitForGeneration(_ generation: Double, _ resolver: ResolverServer) throws {
            _ = try eventually("configuration \(generation); the resolver wrote:\n\(resolver.process.output)") {
                try resolver.metric("config_generation") == generation ? true : nil
            }
        }

        @Test func `SIGHUP has the file read, and what is remembered dies where its policy changed`() throws {
            let resolver = try resolver(control: false)
            try remember(resolver)
            #expect(try amr(resolver) == "pwd,mfa")
            #expect(try resolver.metric("config_generation") == 1)
            try resolver.rewrite(configuration(rest: #"headers: { amr_separator: "+" }"#))
            resolver.process.signal(SIGHUP)
            try waitForGeneration(2, resolver)
            #expect(try amr(resolver) == "pwd+mfa")
        }

        @Test func `a changed log level is in force at once, and empties no cache`() throws {
            let resolver = try resolver()
            try remember(resolver)
            let (entries, hits) = (
                try resolver.metric("session_cache_entries"), try resolver.metric("session_cache_hits_total")
            )
            #expect(resolver.process.output.contains("a credential was refused") == false)
            try resolver.rewrite(configuration()) { $0.replacing("level: debug", with: "level: info") }
            #expect(try resolver.reload().status == 0)
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=made.up")
            #expect(try amr(resolver) == "pwd,mfa")
            #expect(try resolver.metric("session_cache_entries") >= entries)
            #expect(try resolver.metric("session_cache_hits_total") == hits + 1)
            #expect(resolver.process.output.contains("a credential was refused") == false)
        }

        @Test func `an unchanged file counts, and the metrics tell which file holds`() throws {
            let resolver = try resolver()
            let text = try Scratch.read(resolver.path)
            #expect(try resolver.metric("config_info", "sha256=\"\(text.sha256)\"") == 1)
            let (status, output) = try resolver.reload()
            #expect(status == 0)
            #expect(output == "\(resolver.path): reloaded; it is configuration 2 since the start\n")
            #expect(try resolver.metric("config_generation") == 2)
            #expect(try resolver.metric("config_reloads_total", #"result="done""#) == 1)
            try Scratch.write(text + "# changed\n", to: resolver.path)
            #expect(try resolver.reload().status == 0)
            #expect(try resolver.metric("config_info", "sha256=\"\((text + "# changed\n").sha256)\"") == 1)
        }

        @Test func `a wrong file changes nothing, and each error is said with its line`() throws {
            let resolver = try resolver()
            let good = try Scratch.read(resolver.path)
            try resolver.rewrite(configuration(sessions: "lifetime: soon,", rest: "limits: { token_byte: 1 }"))
            let (status, output) = try resolver.reload()
            #expect(status == 1)
            #expect(output.contains(#"resolver.yaml:5:"#) && output.contains("sessions.lifetime"))
            #expect(output.contains("limits.token_byte: unknown key"))
            #expect(try resolver.metric("config_generation") == 1)
            #expect(try resolver.metric("config_info", "sha256=\"\(good.sha256)\"") == 1)
            #expect(try resolver.metric("config_reloads_total", #"result="refused""#) == 1)
            #expect(resolver.process.output.contains("sessions.lifetime"))
            #expect(try amr(resolver) == "pwd,mfa")
        }

        @Test(arguments: [
            ("listen", #"listen: ["unix"#, #"listen: ["127.0.0.1:1", "unix"#),
            ("admin.listen", #"admin: { listen: "127.0.0.1"#, #"admin: { listen: "127.0.0.9"#),
            ("admin.control", "control.sock", "other.sock"), ("log.format", "format: text", "format: json"),
            ("threads", "log:", "threads: 3\nlog:"), ("scheduling", "log:", "scheduling: batch\nlog:"),
            ("jwks.snapshot.file", "log:", "jwks: { snapshot: { file: k } }\nlog:"),
        ])
        func `what takes a restart is refused and named`(key: String, before: String, after: String) throws {
            let resolver = try resolver()
            let socket = try Scratch.read(resolver.path).firstMatch(of: /control: "([^"]*)"/)
            try resolver.rewrite(configuration()) { $0.replacing(before, with: after) }
            // `reload` asks where the file says; the process listens where it said before.
            if key == "admin.control" {
                #expect(try resolver.reload().status == 2)
                resolver.process.signal(SIGHUP)
                _ = try eventually("a line") {
                    resolver.process.output.contains("admin.control: takes a restart") ? true : nil
                }
                #expect(socket != nil)
            } else {
                let (status, output) = try resolver.reload()
                #expect(status == 1 && output.contains(": \(key): takes a restart to change; allowed: "), "\(output)")
            }
            #expect(try resolver.metric("config_generation") == 1)
        }

        @Test func `another kind of store takes a restart, another Redis does not`() throws {
            let resolver = try resolver()
            try resolver.rewrite(
                #"issuers: [{ issuer: "\#(Mint.issuer)", audiences: ["a"], jwks_uri: "\#(issuer.keysURL)" }]"#)
            let (status, output) = try resolver.reload()
            #expect(status == 1 && output.contains("sessions.store: takes a restart to change; allowed: redis"))

            let other = try RedisServer()
            let moved = StoredSession(id: "s2", user: "u1")
            try other.add(moved)
            try other.add(StoredUser(id: "u1"))
            try remember(resolver)
            try resolver.rewrite(configuration().replacing(redis.url, with: other.url))
            #expect(try resolver.reload().status == 0)
            let connection = try HTTPConnection(to: resolver.ipv4)
            #expect(try connection.get("/require", "Cookie: session=\(moved.cookie)").status == 200)
            #expect(try connection.get("/require", "Cookie: session=\(Self.session.cookie)").status == 401)
        }

        @Test func `who can't reach the process is told so with status 2`() throws {
            let resolver = try resolver(control: false)
            let (status, output) = try resolver.reload()
            #expect(status == 2 && output.contains("admin.control names no socket"))
            #expect(try resolver.metric("config_generation") == 1)

            let folder = try Scratch.directory()
            try Scratch.write(
                """
                issuers: [{ issuer: "https://id.test", audiences: ["a"] }]
                admin: { control: "\(folder)/nobody.sock" }
                """, to: "\(folder)/c.yaml")
            let command = try ResolverServer.run(["reload", "--config", "c.yaml"], in: folder)
            #expect(try command.wait() == 2)
            #expect(command.output.contains("nobody can be asked at \(folder)/nobody.sock"))
        }

        @Test func `the socket is for the process' own user alone, and goes with it`() throws {
            let resolver = try resolver()
            let path = resolver.path.replacing("resolver.yaml", with: "control.sock")
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let socket = try Socket.connect(to: .unix(path))
            try socket.send("GET / HTTP/1.1\r\n\r\n")
            #expect(String(decoding: try socket.receive(), as: UTF8.self).hasPrefix("unavailable\n"))
            #expect(try resolver.reload().status == 0)
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        @Test func `a file that changes is read when it is quiet, also through a ConfigMap's links`() throws {
            let folder = try Scratch.directory()
            let (gateway, admin) = (try FreePort.take(), try FreePort.take())
            let volume = Volume(folder)
            try volume.publish(["resolver.yaml": text(gateway, admin, separator: ","), "secret": "https://app.test\n"])
            let process = try ResolverServer.run(["serve", "--config", "\(folder)/resolver.yaml"], in: folder)
            defer { process.kill() }
            let token = "Authorization: Bearer \(try Mint.token())"
            let status = { try HTTPConnection.get(.ipv4(gateway), "/require", token).status }
            _ = try eventually("an answer; it wrote:\n\(process.output)") { try status() == 200 ? true : nil }

            try volume.publish(["resolver.yaml": text(gateway, admin, separator: ","), "secret": "https://new.test\n"])
            _ = try eventually("the file that the configuration names to count") { try status() == 401 ? true : nil }
            try volume.publish(["resolver.yaml": "issuers: [", "secret": "https://app.test\n"])
            _ = try eventually("the wrong file to be refused") {
                process.output.contains("the configuration was not reloaded: nothing changed") ? true : nil
            }
            #expect(try status() == 401)
            try volume.publish(["resolver.yaml": text(gateway, admin, separator: "+"), "secret": "https://app.test\n"])
            _ = try eventually("the file to count again") { try status() == 200 ? true : nil }
        }

        private func text(_ gateway: UInt16, _ admin: UInt16, separator: String) -> String {
            """
            listen: ["127.0.0.1:\(gateway)"]
            admin: { listen: "127.0.0.1:\(admin)" }
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["${file:secret}"], jwks_uri: "\(issuer.keysURL)" }]
            headers: { amr_separator: "\(separator)" }
            reload: { watch: true }
            """
        }

        @Test func `records in a file are read again`() throws {
            let file = try Scratch.directory() + "/records.json"
            let records = { (ids: [String]) in
                let sessions = ids.map { id in
                    let session = StoredSession(id: id, user: "u1")
                    return "\"\(RedisServer.key(session: id))\": \(session.json)"
                }
                return
                    "{\((sessions + ["\"\(RedisServer.key(user: "u1"))\": \(StoredUser(id: "u1").json)"]).joined(separator: ","))}"
            }
            try Scratch.write(records(["s1"]), to: file)
            let configuration = #"sessions: { store: memory, app_id: my-project, memory: { file: "\#(file)" } }"#
            let resolver = try ResolverServer(configuration, control: true)
            let status = { (id: String) in
                let cookie = StoredSession(id: id, user: "u1").cookie
                return try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=\(cookie)").status
            }
            #expect(try status("s1") == 200 && status("s2") == 401)
            try Scratch.write(records(["s2"]), to: file)
            #expect(try resolver.reload().status == 0)
            #expect(try status("s1") == 401 && status("s2") == 200)
            try Scratch.write("{", to: file)
            let (code, output) = try resolver.reload()
            #expect(code == 1 && output.contains("sessions.memory.file: \(file): "), "\(output)")
            #expect(try status("s2") == 200)
        }

        @Test func `what one Authgear said does not outlive a reload that names another`() throws {
            let former = try AuthgearServer { _ in ["Session-Valid: true", "User-Id: u1"] }
            let other = try AuthgearServer { _ in ["Session-Valid: false"] }
            let configuration = { (endpoint: String) in
                """
                sessions: { store: authgear }
                authgear: { endpoint: "\(endpoint)", host: auth.example.com, max_age: 1h }
                """
            }
            let resolver = try ResolverServer(configuration(former.endpoint), control: true)
            let status = { try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=a.b").status }
            for _ in 0..<8 { #expect(try status() == 200) }
            try resolver.rewrite(configuration(other.endpoint))
            #expect(try resolver.reload().status == 0)
            for _ in 0..<8 { #expect(try status() == 401) }
            try resolver.rewrite(configuration(former.endpoint))
            #expect(try resolver.reload().status == 0)
            for _ in 0..<8 { #expect(try status() == 200) }
        }

        @Test func `Authgear can be named while the process runs`() throws {
            let lonely = StoredSession(id: "lonely", user: "u-lonely")
            try redis.add(lonely)
            let authgear = try AuthgearServer { _ in ["Session-Valid: true", "User-Id: u-lonely"] }
            let resolver = try resolver()
            let status = {
                try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=\(lonely.cookie)").status
            }
            #expect(try status() == 503)
            try resolver.rewrite(
                configuration(rest: #"authgear: { endpoint: "\#(authgear.endpoint)", host: auth.example.com }"#))
            #expect(try resolver.reload().status == 0)
            #expect(try status() == 200)
            #expect(!authgear.requests.isEmpty)
        }
    }
}

/// A folder whose files change all at once, as the kubelet changes a ConfigMap's: each is a link into `..data`, which is a link to a
/// folder that is replaced.
private final class Volume {
    private let folder: String
    private var number = 0

    init(_ folder: String) {
        self.folder = folder
    }

    func publish(_ files: [String: String]) throws {
        number += 1
        let target = "\(folder)/..\(number)"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for (name, text) in files {
            try Scratch.write(text, to: "\(target)/\(name)")
            if number == 1 {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/\(name)", withDestinationPath: "..data/\(name)")
            }
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/..data_tmp", withDestinationPath: "..\(number)")
        guard unsafe rename("\(folder)/..data_tmp", "\(folder)/..data") == 0 else {
            throw WireError.failed("renaming", errno)
        }
    }
}
