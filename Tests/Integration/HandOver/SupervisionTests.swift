import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// What a service manager is told by the process (sd_notify(3), contract section 30): here it is the test.
    @Suite struct SupervisionTests {
        @Test(arguments: [true, false])
        func `it is told of the start, of each reload and of the end, and gets signs of life`(
            isAbstract: Bool
        ) async throws {
            let folder = try Scratch.directory()
            try Scratch.write("{}", to: "\(folder)/sessions.json")
            let manager = try NotificationReceiver(
                isAbstract ? "@authgear-resolver-\(UUID().uuidString)" : "\(folder)/notify")
            let configuration =
                "sessions: { store: memory, app_id: a, memory: { file: \"\(folder)/sessions.json\" } }"
            let resolver = try ResolverServer(
                configuration, changes: true, environment: ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "20000"])
            /// The next message but signs of life, of which there is at least one behind it.
            func next() async -> [String: String] {
                for _ in 0..<10_000 {
                    let message = await manager.assignments()
                    guard message == ["WATCHDOG": "1"] else { return message }
                }
                return [:]
            }
            let start = await next()
            #expect(start["READY"] == "1" && start["STATUS"] == "configuration 1 since the start")
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve").status == 200)
            #expect(await manager.assignments() == ["WATCHDOG": "1"])

            for (file, status) in [
                (configuration, "configuration 2 since the start"),
                ("nonsense: 1", "the configuration was not reloaded; 2 holds since the start"),
            ] {
                try resolver.rewrite(file)
                resolver.process.signal(SIGHUP)
                let begin = await next()
                #expect(begin["RELOADING"] == "1")
                #expect(begin["MONOTONIC_USEC"].flatMap { Int64($0) } ?? 0 > 0)
                #expect(await next() == ["READY": "1", "STATUS": status])
            }

            if isAbstract {
                resolver.process.signal(SIGTERM)
            } else {
                #expect(try resolver.change("/drain").status == 200)
            }
            #expect(await next() == ["STOPPING": "1", "STATUS": "answering what is in flight"])
            #expect(try resolver.process.wait() == 0)
        }
    }
}
