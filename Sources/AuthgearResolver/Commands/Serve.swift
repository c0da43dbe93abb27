import ArgumentParser
import Logging
import Telemetry
import Worker

/// `serve`: answers the gateway until it is told to end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a gateway's requests.",
        discussion: """
            Ends with status 0 on SIGTERM or SIGINT, after the requests in flight were answered; at once on a second one. A \
            configuration that is wrong is said whole, before any port is bound, with status 1.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let configuration = try file.read()
        let logger = Logger(configuration.log)
        logger.info("starting", metadata: .init([.version: Version.program, .configuration: file.config]))
        do {
            try await Parts(configuration, stores: try configuration.storeOrigin(), logger: logger).run()
        } catch {
            logger.critical("cannot serve", metadata: .init([.reason: "\(ErrorWords(error))"]))
            throw ExitCode(1)
        }
    }
}
