import Foundation
import Testing

extension IntegrationTests {
    /// What `make test` shows, with a stand-in for `swift`.
    @Suite struct MakeTestTests {
        static let closing = "✔ Test run with 2 tests in 1 suite passed after 0.1 seconds."
        static let packages = [
            "libssl-dev", "libhiredis-dev", "libnghttp2-dev", "zlib1g-dev", "curl", "glewlwyd", "nginx", "openssl",
            "prometheus", "python3", "python3-venv", "redis-server", "redis-sentinel", "haproxy", "caddy", "apache2",
            "lua-socket", "libnginx-mod-http-lua", "libnginx-mod-http-headers-more-filter",
        ]

        @Test func `little is shown of tests that pass: how they ended, and where all of it is`() throws {
            let long = "◇ Test case passing 1 argument → " + String(repeating: "x", count: 100_000)
            let run = try run([long, "✔ Test a passed after 0.1 seconds.", Self.closing])
            #expect(run.status == 0)
            #expect(run.output.hasSuffix("\(Self.closing)\n  all that was said, 3 lines: \(run.log)\n"))
            #expect(run.output.utf8.count < 1_000)
            #expect(try Scratch.read(run.log).hasPrefix(long))
        }

        @Test func `a failure is shown whole, and is make's`() throws {
            let failure = [
                #"✘ Test b recorded an issue at B.swift:7:13: Expectation failed: 1 == 2"#, "↳ what it compared",
                "✘ Test run with 2 tests in 1 suite failed after 0.1 seconds with 1 issue.",
            ]
            let run = try run(["◇ Test b started.", "↳ of no failure"] + failure, status: 1)
            #expect(run.status != 0)
            #expect(run.output.contains(failure.joined(separator: "\n") + "\n"))
            #expect(!run.output.contains("of no failure"))
            #expect(run.output.contains(run.log))
        }

        @Test func `of tests that crash the last lines are shown`() throws {
            let lines = (1...100).map { "◇ Test \($0) started." }
            let run = try run(lines + ["C.swift:3: Fatal error: out of range"], status: 1)
            #expect(run.status != 0)
            #expect(run.output.contains("It did not come to its end."))
            #expect(run.output.contains("Test 100 started."))
            #expect(!run.output.contains("Test 50 started."))
            #expect(run.output.contains("Fatal error: out of range"))
        }

        @Test func `a test that was skipped fails, and so does a run without tests`() throws {
            let skipped = try run(
                [Self.closing], report: "<testcase name=\"a\">\n<skipped>needs x</skipped>\n</testcase>")
            #expect(skipped.status != 0)
            #expect(skipped.output.contains("These tests were skipped."))
            let empty = try run([Self.closing], report: "<testsuites/>")
            #expect(empty.status != 0)
            #expect(empty.output.contains("No test ran."))
        }

        /// Runs `make test` for some tests; they say these lines.
        private func run(
            _ lines: [String], status: Int32 = 0, report: String = "<testcase name=\"a\"/>"
        ) throws -> (status: Int32, output: String, log: String) {
            let system = try StandInSystem(installed: Self.packages)
            let folder = system.directory
            try Scratch.write(lines.joined(separator: "\n") + "\n", to: "\(folder)/lines")
            try Scratch.write(report, to: "\(folder)/report")
            try system.add(
                "swift",
                """
                case $1 in
                    test) cp "$SYSTEM_ROOT/report" "$SYSTEM_ROOT/tests-first-swift-testing.xml"
                        cat "$SYSTEM_ROOT/lines"; exit \(status);;
                esac
                """)
            let run = try system.run(
                "make", ["test", "TESTS=--filter X", "REPORTS=\(folder)", "SERVERS=/", "VALKEY=/"])
            return (run.status, run.output, "\(folder)/tests-first.log")
        }
    }
}
