import ArgumentParser
import Logging
import Telemetry
import Trust
import Worker

/// `serve`: answers the gateway until it is told to end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a gateway's requests.",
        discussion: """
            Ends with status 0 on SIGTERM or SIGINT, after the requests in flight were answered; at once on a second one. SIGHUP \
            has the configuration read again. One that is wrong is said whole: before any port is bound, with status 1; later in \
            the log, and nothing changes.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let (source, loaded) = try file.load()
        let configuration = loaded.configuration
        let tokens = configuration.readAPITokens()
        if case .failure(let error) = tokens?.tokens {
            File.complain("\(error)")
            throw ExitCode(1)
        }
        let tls = configuration.readServerTLS()
        if let problem = tls?.problem {
            File.complain("\(file.config): \(problem)")
            throw ExitCode(1)
        }
        let level = SharedLogLevel(configuration.log.level)
        let logger = Logger(level: level, format: configuration.log.format)
        logger.info("starting", metadata: .init([.version: Version.program, .configuration: file.config]))
        do {
            let reload = Reloader.Source(file: source, loaded: loaded, logLevel: level)
            let stores = try configuration.storeOrigin()
            try await ResolverProcess(
                configuration, stores: stores, apiTokens: APITokenSource(tokens), serverTLS: ServerTLSSource(tls),
                logger: logger, reloadingFrom: reload
            ).run()
        } catch {
            logger.critical("cannot serve", metadata: .init([.reason: "\(ErrorWords(error))"]))
            throw ExitCode(1)
        }
    }
}
