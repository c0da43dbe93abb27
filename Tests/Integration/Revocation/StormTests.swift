import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// Changes of records that come faster than it pays to be told of.
    @Suite struct StormTests {
        private let redis: RedisServer

        init() throws {
            redis = try RedisServer(settings: ["--appendonly", "no"])
        }

        private static let words = "tells of more than 5,000 changes a second"

        /// Writes records that nobody asks for, and asks for sessions that are not there, until the log has the words, for a minute at
        /// most.
        private func weather(until words: String) throws -> ResolverServer {
            let resolver = try ResolverServer(
                """
                threads: 2
                sessions:
                  store: redis
                  app_id: my-project
                  redis: { url: "\(redis.url)" }
                """)
            try resolver.becomeReady()
            _ = try eventually("changes to be told of") {
                resolver.process.output.contains("redis tells of changes") ? true : nil
            }
            let isOver = NIOLockedValueBox(false)
            defer { isOver.withLockedValue { $0 = true } }
            let socket = try Socket.connect(to: redis.address)
            let writes = (0..<1_000).map { number in
                let key = "app:my-project:session:storm-\(number)"
                return "*3\r\n$3\r\nSET\r\n$\(key.utf8.count)\r\n\(key)\r\n$1\r\nx\r\n"
            }.joined()
            Thread.detachNewThread {
                while !isOver.withLockedValue(\.self) {
                    guard (try? socket.send(writes)) != nil else { return }
                    var replies = 0
                    while replies < 5_000, let bytes = try? socket.receive(), !bytes.isEmpty { replies += bytes.count }
                    _ = poll(nil, 0, 50)
                }
            }
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end, !resolver.process.output.contains(words) {
                _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=made.up")
                _ = poll(nil, 0, 20)
            }
            return resolver
        }

        @Test func `for a minute changes are not listened to, the log says so, and sessions are read`() throws {
            let resolver = try weather(until: Self.words)
            #expect(resolver.process.output.contains(Self.words))
            let response = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=made.up")
            #expect(response.status == 200 && response.identity == ["session-valid: false"])
        }
    }
}
