import Foundation
import Testing

extension IntegrationTests {
    /// What half-sent heads cost, and requests that wait (contract section 7, `limits.buffered_bytes`).
    @Suite struct MemoryTests {
        private static let connections = 300
        private static let head = "GET /resolve HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 60_000)

        private static func resolver(_ bytes: String) throws -> ResolverServer {
            let directory = try Scratch.directory()
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            return try ResolverServer(
                """
                threads: 1
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                limits: { buffered_bytes: \(bytes), header_timeout: 600s }
                """)
        }

        /// What is resident of the process, in bytes, without the pages of files.
        private static func resident(_ resolver: ResolverServer) throws -> Int {
            let status = try Scratch.read("/proc/\(resolver.process.pid)/status")
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(Int(line.filter(\.isNumber))) << 10
        }

        /// A sanitizer's memory counts too, and it keeps what is freed, to tell when it is used: then the figure says nothing.
        private static func expectGrowth(
            of resolver: ResolverServer, from before: Int, below bound: Int, _ comment: Comment
        ) throws {
            let growth = try resident(resolver) - before
            #expect(Program.isSanitized || growth < bound, comment)
        }

        @Test func `what half-sent heads took is given back when they are gone`() throws {
            let resolver = try Self.resolver("128MiB")
            let before = try Self.resident(resolver)
            var connections = try (0..<Self.connections).map { _ in try HTTPConnection(to: resolver.ipv4) }
            for connection in connections { try connection.send(Self.head) }
            let held = Self.connections * Self.head.utf8.count
            _ = try eventually("the heads to be kept") { try Self.resident(resolver) >= before + held ? true : nil }
            connections = []
            // A sanitizer's allocator gives nothing back.
            let bound = Program.isSanitized ? before + 2 * held : before + held / 3
            _ = try eventually("the memory to be given back") { try Self.resident(resolver) < bound ? true : nil }
        }

        @Test func `half-sent heads take no more than they may, and the oldest are answered 408`() throws {
            let resolver = try Self.resolver("2MiB")
            let before = try Self.resident(resolver)
            let connections = try (0..<Self.connections).map { _ in try HTTPConnection(to: resolver.ipv4) }
            for connection in connections { try connection.send(Self.head) }
            for connection in connections.prefix(200) {
                let response = try connection.response()
                #expect(response.status == 408 && response["connection"] == "close")
            }
            let last = try #require(connections.last)
            try last.send("\r\n\r\n")
            #expect(try last.response().status == 200)
            try Self.expectGrowth(of: resolver, from: before, below: 12 << 20, "all together are 18 MB")
        }

        @Test func `requests that wait take no more than they may, and those that wait longest are unknown`() throws {
            let redis = try StandInRedis(.holdsReads)
            let resolver = try ResolverServer(
                """
                threads: 1
                issuers: [{ issuer: "https://id.example", audiences: [a], jwks_uri: "http://127.0.0.1:1/keys" }]
                sessions: { store: redis, app_id: a, redis: { url: "\(redis.url)", command_timeout: 60s } }
                limits: { buffered_bytes: 2MiB, decision_timeout: 60s }
                """)
            // The first credential waits; the others are kept whole, as a JWT has to be.
            let token = "eyJ." + String(repeating: "x", count: 15_000) + ".x"
            let cookies = (0..<3).map { _ in "app_access_token=\(token)" }.joined(separator: "; ")
            let fields = "Authorization: Bearer opaque\r\nCookie: \(cookies)\r\n"
            let before = try Self.resident(resolver)
            let connections = try (0..<Self.connections).map { _ in try HTTPConnection(to: resolver.ipv4) }
            for connection in connections { try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\n\(fields)\r\n") }
            for connection in connections.prefix(200) {
                let response = try connection.response()
                #expect(response.identity == ["resolver-error: decision_timed_out"])
                #expect(response.status == 503 && response["connection"] == "close")
            }
            try Self.expectGrowth(of: resolver, from: before, below: 10 << 20, "all together are 13 MB")
        }
    }
}
