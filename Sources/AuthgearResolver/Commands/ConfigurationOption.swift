import ArgumentParser

/// `--config FILE`, for the commands that need a configuration.
struct ConfigurationOption: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String

    /// Reads the file. When something is wrong with it, all of that goes to standard error, and the exit status is 1.
    func read() throws -> Configuration {
        try Self.read(from: config)
    }

    /// The same, with what it takes to read the file again.
    func load() throws -> (file: ConfigurationFile, loaded: LoadedConfiguration) {
        try Self.load(from: config)
    }

    static func read(from path: String) throws -> Configuration {
        try load(from: path).loaded.configuration
    }

    private static func load(from path: String) throws -> (file: ConfigurationFile, loaded: LoadedConfiguration) {
        let file = ConfigurationFile(path: path)
        do throws(ConfigurationError) {
            return (file, try file.load())
        } catch {
            File.complain("\(error)")
            throw ExitCode(1)
        }
    }
}
