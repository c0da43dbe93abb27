import ArgumentParser
import Authentication
import Bytes
import EventLoop
import Glibc
import KeySets
import Logging
import Questions
import Redis
import Worker

/// `demo`: the whole resolver with made-up users, to try.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run with made-up users, and print curl lines to try.",
        discussion: """
            Makes an issuer, a session store and a little Authgear of its own and prints lines to paste: a valid JWT, an \
            expired one, a forged one, a valid session cookie, a revoked one, an opaque token and its revocation, an app \
            session, a user whom only Authgear knows, none. The comment before each says what it answers. What it hands out is \
            made anew each time and good nowhere else. The admin listener has the next port, and takes the operator's changes.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to listen: address:port, or unix:/path; port 0 for any. 127.0.0.1:4180 if not given.",
            valueName: "address"),
        transform: Demo.address)
    var listen = Configuration().listen[0]

    @Option(help: "Whether headers without a value are left out, or are sent empty, as Caddy before 2.11 needs them.")
    var absent = Configuration.Headers().absence

    func run() async throws {
        let credentials = try DemoCredentials(now: .now)
        let folder = try PrivateFolder.make(["jwks.json": credentials.jwks])
        let records = MemoryRecords(entries: credentials.records)
        let authgear = try await DemoAuthgearServer(DemoAuthgear(credentials, revokingFrom: records))
        let settings = try settings(in: folder, authgearPort: authgear.port)
        let level = SharedLogLevel(settings.log.level)
        let logger = Logger(level: level, format: settings.log.format)
        let process = try ResolverProcess(settings, stores: .memory(records), logger: logger, logLevel: level)
        let addresses = try await bind(process)
        let script = DemoScript(
            credentials, on: addresses.gateway[0], admin: addresses.admin, authgearPort: authgear.port,
            absence: absent)
        File.write(Array(script.text.utf8), to: STDOUT_FILENO)
        try await process.run(hangUpEnds: true)
        await authgear.stop()
    }

    /// The default configuration, with an issuer from the file of a folder, a memory store, and an Authgear.
    private func settings(in folder: borrowing PrivateFolder, authgearPort: Int) throws -> Configuration {
        var issuer = Configuration.Issuer(
            identifier: DemoCredentials.issuer, audiences: [DemoCredentials.audience])
        issuer.keys = .file(folder.path(of: "jwks.json"))
        var settings = Configuration()
        settings.listen = [listen]
        settings.admin.listen = listen.neighbour
        settings.admin.changes = true
        settings.headers.absence = absent
        settings.issuers = [issuer]
        settings.sessions.appID = DemoCredentials.appID
        settings.sessions.store = .memory(Configuration.Memory(file: "the demo's"))
        let endpoint = "http://127.0.0.1:\(authgearPort)\(DemoAuthgear.resolverPath)"
        settings.authgear = Configuration.Authgear(endpoint: try FetchURL(endpoint))
        // Nothing here idles out.
        settings.authgear?.touch = nil
        settings.log.level = .notice
        settings.log.format = .text
        return settings
    }

    private func bind(_ process: ResolverProcess) async throws -> ResolverProcess.Addresses {
        do {
            return try await process.bind()
        } catch {
            File.complain("\(error)\nTo listen elsewhere: authgear-resolver demo --listen 127.0.0.1:8180")
            throw ExitCode(1)
        }
    }

    private static func address(_ text: String) throws -> ListenAddress {
        do {
            return try ListenAddress(text)
        } catch {
            throw ValidationError("it \(error).")
        }
    }
}

extension DeliveryRules.Absence: ExpressibleByArgument {}
