import Foundation
import Testing

extension IntegrationTests {
    /// Many gateways' workers that say nothing must not cost much.
    @Suite struct IdleConnectionTests {
        static let count = 10_000
        /// How many files this process may open, raised as far as it may be.
        static let fileLimit: Int = {
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return Int(clamping: limit.rlim_cur)
        }()

        @Test(.enabled(if: fileLimit > count + 1_000, "needs more open files: ulimit -Hn 12000"))
        func `10,000 idle connections are held within 200 MB, and all still answered`() throws {
            let directory = try Scratch.directory()
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            let resolver = try ResolverServer(
                """
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                limits: { connections: \(Self.count + 10) }
                """)
            let connections = try (0..<Self.count).map { number in
                let connection = try HTTPConnection(to: resolver.unix)
                if number.isMultiple(of: 2) { #expect(try connection.get("/resolve").status == 200) }
                return connection
            }
            _ = try eventually("all connections to be accepted") {
                try resolver.metric("connections") >= Double(Self.count) ? true : nil
            }
            #expect(try residentKilobytes(of: resolver.process.pid) <= Self.maximumKilobytes)
            for connection in connections { #expect(try connection.get("/resolve").status == 200) }
            #expect(try residentKilobytes(of: resolver.process.pid) <= Self.maximumKilobytes)
        }

        /// Under a sanitizer, whose shadow memory counts too, only a leak of kilobytes per connection would show.
        private static let maximumKilobytes = Program.isSanitized ? 2_000_000 : 200_000

        private func residentKilobytes(of pid: Int32) throws -> Int {
            let status = try Scratch.read("/proc/\(pid)/status")
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
            return try #require(Int(line.split(separator: " ")[1]))
        }
    }
}
