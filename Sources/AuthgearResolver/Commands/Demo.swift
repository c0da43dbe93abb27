import ArgumentParser
import Bytes
import Glibc
import KeySets
import Listener
import Logging

/// `demo`: the whole resolver with made-up users, to try.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run with made-up users, and print curl lines to try.",
        discussion: """
            Makes an issuer and a session store of its own and prints lines to paste: a valid JWT, an expired one, a forged one, \
            a valid session cookie, a revoked one, none. The comment before each says what it answers. What it hands out is \
            made anew each time and good nowhere else. The admin listener has the next port.
            """)

    @Option(
        help: ArgumentHelp("Where to listen: address:port, or unix:/path; port 0 for any.", valueName: "address"),
        transform: Demo.address)
    var listen = Configuration().listen[0]

    func run() async throws {
        let credentials = try DemoCredentials(now: .now)
        let folder = try PrivateFolder.make(["jwks.json": credentials.jwks, "sessions.json": credentials.records])
        let settings = settings(in: folder)
        let parts = try Parts(settings, stores: settings.storeOrigin(), logger: Logger(settings.log))
        let addresses = try await bind(parts)
        let script = DemoScript(credentials, on: addresses.gateway[0], admin: addresses.admin)
        File.write(Array(script.text.utf8), to: STDOUT_FILENO)
        try await parts.run(hangUpEnds: true)
    }

    /// The default configuration, with an issuer and a memory store from the files of a folder.
    private func settings(in folder: borrowing PrivateFolder) -> Configuration {
        var issuer = Configuration.Issuer(
            identifier: DemoCredentials.issuer, audiences: [DemoCredentials.audience])
        issuer.keys = .file(folder.path(of: "jwks.json"))
        var settings = Configuration()
        settings.listen = [listen]
        settings.admin.listen = listen.neighbour
        settings.issuers = [issuer]
        settings.sessions.appID = DemoCredentials.appID
        settings.sessions.store = .memory(Configuration.Memory(file: folder.path(of: "sessions.json")))
        settings.log.level = .notice
        settings.log.format = .text
        return settings
    }

    private func bind(_ parts: Parts) async throws -> Parts.Addresses {
        do {
            return try await parts.bind()
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
