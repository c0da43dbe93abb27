import ArgumentParser
import Glibc
import Lint

/// `lint`: does a gateway's configuration keep what its recipe promises?
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Find in gateways' configurations what lets a client's own fields through.",
        discussion: """
            Reads configurations of nginx and OpenResty, Caddy, Traefik, HAProxy, Envoy, Apache, Kong and APISIX with what they \
            include, and says, with file and line, what would let a client's own x-authgear-* fields through or turn an outage of \
            the resolver into something else than 503, and what to do about it. What can't be judged is said, too. The exit \
            status is 0 when nothing was found, else 1, also when a file can't be read.
            """)

    @Argument(help: ArgumentHelp("The configurations, as the gateway is given them.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("What all of the files are; without, what each looks like.", valueName: "kind"))
    var kind: LintKind?

    func run() throws {
        var run = LintRun(files: .system)
        let unread = Linter.judge(files, as: kind, run: &run)
        var lines = run.report.lines
        if run.report.findings.isEmpty, unread.isEmpty {
            lines += files.filter { !run.report.rejected.contains($0) }.map { "ok     \($0): nothing found" }
        }
        File.write(Array((lines + [""]).joined(separator: "\n").utf8), to: STDOUT_FILENO)
        for (path, error) in unread { File.complain("\(path): can't be read: \(error)") }
        guard run.report.findings.isEmpty, unread.isEmpty else { throw ExitCode(1) }
    }
}

extension LintKind: ExpressibleByArgument {}
