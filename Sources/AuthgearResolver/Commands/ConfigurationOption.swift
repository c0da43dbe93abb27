import ArgumentParser

/// `--config FILE`, for the commands that need a configuration.
struct ConfigurationOption: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String

    /// Reads the file. When something is wrong with it, all of that goes to standard error, and the exit status is 1.
    func read() throws -> Configuration {
        try Self.read(config)
    }

    static func read(_ path: String) throws -> Configuration {
        do throws(ConfigurationError) {
            return try ConfigurationFile(path: path).read()
        } catch {
            File.complain("\(error)")
            throw ExitCode(1)
        }
    }
}
