import ArgumentParser
import EventLoop
import Glibc
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

    @Flag(
        help: """
            Follow the process that runs: ask it, over admin.control, for its sockets, and have it end when this one can answer. The \
            status is 2 when there is none that hands over.
            """)
    var takeOver = false

    func run() async throws {
        // First: nothing else reads the environment yet.
        let given = Result { () throws(GivenSocketError) in try GivenSockets.take() }
        let (source, loaded) = try file.load()
        let configuration = loaded.configuration
        var context = StartContext(
            sockets: try sockets(given, for: configuration),
            supervisor: Supervisor(in: ConfigurationFile.processEnvironment, pid: getpid()))
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
        // Last: whatever is wrong here is no business of the process that runs.
        if takeOver { try follow(of: configuration, with: &context) }
        let level = SharedLogLevel(configuration.log.level)
        let logger = Logger(level: level, format: configuration.log.format)
        logger.info("starting", metadata: .init([.version: Version.program, .configuration: file.config]))
        do {
            let reload = Reloader.Source(file: source, loaded: loaded, logLevel: level)
            let stores = try configuration.storeOrigin()
            try await ResolverProcess(
                configuration, stores: stores, apiTokens: APITokenSource(tokens), serverTLS: ServerTLSSource(tls),
                startingWith: context, logger: logger, reloadingFrom: reload
            ).run()
        } catch {
            logger.critical("cannot serve", metadata: .init([.reason: "\(ErrorWords(error))"]))
            throw ExitCode(error is Predecessor.Problem ? 2 : 1)
        }
    }

    /// Asks the process that runs for its sockets.
    private func follow(of configuration: Configuration, with context: inout StartContext) throws {
        let control = configuration.admin.control
        do throws(Predecessor.Problem) {
            let (predecessor, handed) = try Predecessor.ask(at: control, file: file.config)
            context.predecessor = predecessor
            context.sockets.take(
                over: handed.map { ($0.socket, ownFile: $0.ownFile) },
                for: configuration.places + [configuration.admin.listen]
                    + (control.map { [ListenAddress.unix(path: $0)] } ?? []))
        } catch {
            File.complain("\(error)")
            throw ExitCode(2)
        }
    }

    /// The sockets that are there already. One that is of no use is an error: who connects there would wait for ever.
    private func sockets(
        _ given: Result<GivenSockets, GivenSocketError>, for configuration: Configuration
    ) throws -> InheritedSockets {
        do throws(GivenSocketError) {
            return try given.get().matched(to: configuration)
        } catch {
            File.complain("\(file.config): \(error)")
            throw ExitCode(1)
        }
    }
}
