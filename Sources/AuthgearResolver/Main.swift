import ArgumentParser

/// The process: the only target that knows all the others.
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
        subcommands: [Serve.self, Demo.self, Check.self, Inspect.self, Reload.self])

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
