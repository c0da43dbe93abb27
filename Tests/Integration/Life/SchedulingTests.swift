import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Whom the kernel lets run first (contract section 7, `scheduling`).
    @Suite struct SchedulingTests {
        /// What the kernel calls the policy of a thread that preempts nobody (linux/sched.h).
        private static let batch = "3"

        @Test(arguments: [
            ("threads: auto", true, 1), ("threads: 2", true, 2), ("scheduling: other", true, 0),
            ("threads: 2\nscheduling: batch", false, 2), ("threads: 2\nscheduling: other", false, 0),
        ])
        func `workers preempt nobody on a single core, or as configured`(
            configuration: String, isOnOneCore: Bool, count: Int
        ) throws {
            let directory = try Scratch.directory()
            let address = Address.unix("\(directory)/resolver.sock")
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            try Scratch.write(
                """
                listen: ["\(address)"]
                admin: { listen: "unix:\(directory)/admin.sock" }
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                \(configuration)
                """, to: "\(directory)/resolver.yaml")
            let program = try #require(Program.resolver)
            let core = isOnOneCore ? try Self.allowedCore() : "0-1023"
            let process = try ChildProcess(
                "/usr/bin/taskset", ["-c", core, program, "serve", "--config", "\(directory)/resolver.yaml"],
                in: directory)
            _ = try eventually("the resolver to answer; it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                return try? HTTPConnection.get(address, "/resolve")
            }
            let policies = try Self.policies(of: process.pid)
            #expect(policies.count(where: { $0 == Self.batch }) == count, "\(policies)")
        }

        /// A core that the tests may run on.
        private static func allowedCore() throws -> String {
            let status = try Scratch.read("/proc/self/status")
            let line = try #require(status.firstMatch(of: /Cpus_allowed_list:\s*(\d+)/))
            return String(line.1)
        }

        /// Those of the process's threads: what stands 41st in `/proc/<pid>/task/<tid>/stat` (proc(5)), where the name, the second, is in
        /// parentheses and may have spaces.
        private static func policies(of pid: Int32) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").compactMap { thread in
                // One that has ended meanwhile has none.
                guard let line = try? Scratch.read("/proc/\(pid)/task/\(thread)/stat"),
                    let rest = line.split(separator: ")").last?.split(separator: " "), rest.count > 38
                else { return nil }
                return String(rest[38])
            }
        }
    }
}
