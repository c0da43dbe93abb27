import ArgumentParser

/// The process: the only target that knows all the others.
///
/// Each of its folders knows only those before it: Values, Files, Logging, Configuration, its Reading, APITokens, Supervision, Reload, Admin
/// and Control, Status and its Page, Tracing, Process, Gateways, Lint, Commands.
///
/// Takes a command line and a configuration file. Gives a running resolver, or everything that is wrong, in words.
/// Imports all other targets, NIO, ArgumentParser, Yams, swift-log, ServiceLifecycle and UnixSignals.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authgear-resolver",
        abstract: "Tells a gateway who is calling.",
        discussion:
            "Verifies bearer JWTs, looks up Authgear's sessions and tokens, and answers with x-authgear-* headers.",
        version: Version.program,
        subcommands: [
            Serve.self, Demo.self, Check.self, Inspect.self, ReloadCommand.self, TokenCommand.self, GatewayCommand.self,
            LintCommand.self,
        ])

    static func main() async {
        if let complaint = UnknownCommand(CommandLine.arguments.dropFirst().first, among: commandNames) {
            File.complain("\(complaint)")
            exit(withError: ExitCode.validationFailure)
        }
        await main(nil)
    }

    private static var commandNames: [String] {
        configuration.subcommands.map { $0._commandName } + ["help"]
    }
}

/// What is said of a command that there is not.
package struct UnknownCommand: CustomStringConvertible {
    package let description: String

    /// Nil when the word is a command, an option, or absent.
    package init?(_ word: String?, among names: [String]) {
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return nil }
        let guess = Spelling.question(about: word, among: names)
        description =
            "\(Reader.quote(word)) is no command\(guess.isEmpty ? "" : guess); there are "
            + names.joined(separator: ", ")
    }
}
