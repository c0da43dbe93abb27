import ArgumentParser
import Glibc

/// `check`: is this configuration right, and does what it names answer?
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say everything that is wrong with a configuration, then try its keys and its store.",
        discussion: """
            Says what it found, a line each. The exit status is 0 when all is well, else 1. No port is bound, and nothing is \
            written.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let findings = await Trial(configuration: try file.read()).findings()
        let lines = ["ok     \(file.config): no errors"] + findings.map(\.line)
        File.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDOUT_FILENO)
        guard findings.allSatisfy(\.isSound) else { throw ExitCode(1) }
    }
}
