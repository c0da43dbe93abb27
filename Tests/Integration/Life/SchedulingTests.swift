import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Whom the kernel lets run first (contract section 7, `scheduling`).
    @Suite struct SchedulingTests {
        /// What the kernel calls the policy of a thread that preempts nobody (linux/sched.h).
        private static let batch = "3"

        /// What the process is started with, the configuration, and how many of its workers preempt nobody.
        @Test(arguments: [
            (["taskset", "-c", "ONE"], "threads: auto", 1), (["taskset", "-c", "ONE"], "threads: 2", 2),
            (["taskset", "-c", "ONE"], "scheduling: other", 0),
            (["taskset", "-c", "ONE", "chrt", "-i", "0"], "threads: 1", 0),
            (["chrt", "-o", "0"], "threads: 2\nscheduling: batch", 2),
            (["chrt", "-b", "0"], "threads: 2\nscheduling: other", 0),
        ])
        func `workers preempt nobody on a single core, or as configured`(
            start: [String], configuration: String, count: Int
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
            let core = try Self.allowedCore()
            let process = try ChildProcess(
                "/usr/bin/env",
                start.map { $0 == "ONE" ? core : $0 } + [program, "serve", "--config", "\(directory)/resolver.yaml"],
                in: directory)
            _ = try eventually("the resolver to answer; it wrote:\n\(process.output)") {
                guard process.status() == nil else { throw GaveUp.ended(process) }
                return try? HTTPConnection.get(address, "/resolve")
            }
            let policies = try Self.workersPolicies(of: process.pid)
            #expect(policies.count == (configuration.contains("threads: 2") ? 2 : 1), "\(policies)")
            #expect(policies.count(where: { $0 == Self.batch }) == count, "\(policies)")
        }

        /// A core that the tests may run on.
        private static func allowedCore() throws -> String {
            let status = try Scratch.read("/proc/self/status")
            let line = try #require(status.firstMatch(of: /Cpus_allowed_list:\s*(\d+)/))
            return String(line.1)
        }

        /// What stands 41st in `/proc/<pid>/task/<tid>/stat` (proc(5)) of each worker's thread; the name, the second, is in parentheses.
        private static func workersPolicies(of pid: Int32) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").compactMap { thread in
                // One that has ended meanwhile has none.
                guard let line = try? Scratch.read("/proc/\(pid)/task/\(thread)/stat"), line.contains("(TP-#") else {
                    return nil
                }
                return line.split(separator: ")").last?.split(separator: " ").dropFirst(38).first.map(String.init)
            }
        }
    }
}
