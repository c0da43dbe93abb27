import EventLoop
import Foundation
import Testing

extension IntegrationTests {
    /// A store that is away or broken makes cookies unknown, never invalid; tokens don't notice.
    @Suite struct RedisOutageTests {
        let issuer: IssuerServer
        let session = StoredSession(id: "s1", user: "u1")

        init() throws { issuer = try IssuerServer(keys: Mint.keySet()) }

        @Test func `Redis is killed and started again while tokens and cookies are asked about`() throws {
            let redis = try RedisServer()
            try redis.add(session)
            try redis.add(StoredUser(id: session.user))
            let resolver = try resolver(redis.url)
            try resolver.becomeReady()

            let load = Load(
                resolver.ipv4,
                fields: try [
                    "cookie": "Cookie: session=\(session.cookie)", "token": "Authorization: Bearer \(Mint.token())",
                ])
            try load.waitForMore()
            redis.kill()
            _ = try eventually("cookies to be unknown") { load.count("cookie 503") > 0 ? true : nil }
            try load.waitForMore()
            let unknown = load.count("cookie 503")
            try redis.start()
            let valid = load.count("cookie 200 true")
            _ = try eventually("cookies to be valid again") { load.count("cookie 200 true") > valid ? true : nil }
            try load.waitForMore()
            let seen = load.stop()

            #expect(Set(seen.keys) == ["cookie 200 true", "cookie 503 nil", "token 200 true"], "\(seen)")
            #expect(unknown > 0)
        }

        @Test(arguments: [
            ("an error", "-OOM command not allowed when used memory > 'maxmemory'.\r\n"),
            ("that it is loading", "-LOADING Redis is loading the dataset in memory\r\n"),
            ("a number", ":1\r\n"), ("a status", "+OK\r\n"), ("an empty array", "*0\r\n"),
            ("HTML", "<html></html>\r\n"),
            ("a string without end", "$99999999999999999999\r\n"), ("a negative length", "$-7\r\n"),
            ("an array in an array in an array", String(repeating: "*1\r\n", count: 50)),
            ("an empty record", "$0\r\n\r\n"), ("a record that is no JSON", "$3\r\n{]}\r\n"),
            ("a record of zero bytes", "$4\r\n\0\0\0\0\r\n"), ("two answers", "$2\r\n{}\r\n$2\r\n{}\r\n"),
        ])
        func `a store that says nonsense`(_ description: String, _ bytes: String) throws {
            let redis = try StandInRedis(.says(bytes))
            let resolver = try resolver(redis.url)
            try resolver.becomeReady()
            for _ in 0..<5 {
                let cookie = try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=\(session.cookie)")
                #expect(cookie.status == 503, "\(description)")
                #expect(cookie["retry-after"] == "1")
                try expectTokensWork(resolver)
            }
        }

        @Test func `a store that answers too late`() throws {
            let redis = try StandInRedis(.holdsReads)
            let resolver = try resolver(redis.url)
            try resolver.becomeReady()
            for _ in 0..<3 {
                let cookie = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=\(session.cookie)")
                #expect(cookie.status == 503)
                try expectTokensWork(resolver)
            }
        }

        @Test func `a server that does not speak Redis at all`() throws {
            let redis = try StandInRedis(.greetsWith("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
            let resolver = try resolver(redis.url)
            let cookie = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=\(session.cookie)")
            #expect(cookie.status == 503)
            _ = try eventually("tokens to work") { try isTokenValid(resolver) ? true : nil }
        }

        @Test func `a wrong password`() throws {
            let redis = try RedisServer(password: "right")
            try redis.add(session)
            let resolver = try resolver(redis.url.replacing("right", with: "wrong-one"))
            _ = try eventually("tokens to work") { try isTokenValid(resolver) ? true : nil }
            let cookie = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=\(session.cookie)")
            #expect(cookie.status == 503)
            let readiness = try HTTPConnection.get(resolver.admin, "/readyz")
            #expect(
                readiness.status == 200 && readiness.body.hasPrefix("degraded\nsession store: "), "\(readiness.body)")
            _ = try eventually("the log to tell") {
                resolver.process.output.contains("WRONGPASS") || resolver.process.output.contains("password")
                    ? true : nil
            }
            #expect(!resolver.process.output.contains("wrong-one"))
        }

        @Test func `a password, a user and a database`() throws {
            let redis = try RedisServer(password: "right")
            try redis.command(
                "ACL", "SETUSER", "reader", "on", ">sesame", "~app:*", "+get", "+select", "+ping", "+client")
            let socket = try Socket.connect(to: redis.address)
            for command in ["AUTH right", "SELECT 3"] {
                try socket.send(command + "\r\n")
                #expect(String(decoding: try socket.receive(), as: UTF8.self) == "+OK\r\n")
            }
            let records = [
                (RedisServer.key(session: session.id), session.json),
                (RedisServer.key(user: session.user), StoredUser(id: session.user).json),
            ]
            for (key, value) in records {
                try socket.send(
                    "*3\r\n$3\r\nSET\r\n$\(key.utf8.count)\r\n\(key)\r\n$\(value.utf8.count)\r\n\(value)\r\n")
                #expect(String(decoding: try socket.receive(), as: UTF8.self) == "+OK\r\n")
            }
            let resolver = try resolver("redis://reader:sesame@\(redis.address)/3")
            try resolver.becomeReady()
            let cookie = try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=\(session.cookie)")
            #expect(cookie.status == 200)
        }

        @Test func `over a Unix socket`() throws {
            let redis = try RedisServer()
            try redis.add(session)
            try redis.add(StoredUser(id: session.user))
            let resolver = try resolver("unix://\(redis.unixSocketPath)")
            try resolver.becomeReady()
            let cookie = try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=\(session.cookie)")
            #expect(cookie.status == 200)
        }

        private func resolver(_ url: String) throws -> ResolverServer {
            try ResolverServer(
                """
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
                sessions: { store: redis, app_id: my-project, redis: { url: "\(url)" } }
                """)
        }

        private func isTokenValid(_ resolver: ResolverServer) throws -> Bool {
            try HTTPConnection.get(resolver.ipv4, "/require", "Authorization: Bearer \(Mint.token())").status == 200
        }

        private func expectTokensWork(_ resolver: ResolverServer) throws { #expect(try isTokenValid(resolver)) }
    }
}
