import AuthgearResolver
import EventLoop
import Fixtures
import Foundation
import FoundationNetworking
import JOSE
import KeySets
import Logging
import Telemetry
import Testing
import Worker

/// The whole resolver within the test process, on ports that the system picked, with the demo's users.
struct RunningProcess {
    let addresses: ResolverProcess.Addresses
    let credentials: DemoCredentials
    private let keys: URL
    private let process: ResolverProcess
    private let session = URLSession(configuration: .ephemeral)

    /// Runs it while the body does; then ends it in order.
    ///
    /// - Parameters:
    ///   - shutdownDelay: how long it goes on when it is told to end, unless the body cuts that short.
    ///   - changes: whether the operator may change something by the admin listener.
    ///   - others: issuers beside the demo's.
    static func with(
        shutdownDelay: Duration = .zero, changes: Bool = false, others: [Configuration.Issuer] = [],
        _ body: (RunningProcess) async throws -> Void
    ) async throws {
        let credentials = try DemoCredentials(now: .now)
        let folder = try PrivateFolder.make(["jwks.json": credentials.jwks, "sessions.json": credentials.recordsFile])
        let (keys, records) = (folder.path(of: "jwks.json"), folder.path(of: "sessions.json"))
        var settings = settings(keys: keys, records: records)
        settings.shutdown.delay = shutdownDelay
        settings.admin.changes = changes
        settings.issuers += others
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let process = try ResolverProcess(settings, stores: try settings.storeOrigin(), logger: logger)
        let addresses = try await process.bind()
        async let end: Void = process.serve()
        let running = RunningProcess(
            addresses: addresses, credentials: credentials, keys: URL(filePath: keys), process: process)
        do {
            try await body(running)
        } catch {
            running.end().cancel()
            throw error
        }
        running.end().cancel()
        try await end
        withExtendedLifetime(folder) {}
    }

    private init(
        addresses: ResolverProcess.Addresses, credentials: DemoCredentials, keys: URL, process: ResolverProcess
    ) {
        (self.addresses, self.credentials, self.keys, self.process) = (addresses, credentials, keys, process)
    }

    /// Tells it to end; to cancel that is to end the delay.
    func end() -> Task<Void, Never> {
        Task { [process] in await process.end() }
    }

    /// Requests wait for keys as long as it takes, so nothing here depends on how fast it is.
    private static func settings(keys: String, records: String) -> Configuration {
        var issuer = Configuration.Issuer(
            identifier: DemoCredentials.issuer, audiences: [DemoCredentials.audience])
        issuer.keys = .file(keys)
        var settings = Configuration()
        settings.listen = [.tcp(host: "127.0.0.1", port: 0)]
        settings.admin.listen = .tcp(host: "127.0.0.1", port: 0)
        settings.threads = .count(2)
        settings.issuers = [issuer]
        settings.sessions.appID = DemoCredentials.appID
        settings.sessions.store = .memory(Configuration.Memory(file: records))
        settings.jwks.wait = .seconds(60)
        settings.limits.connections = 64
        return settings
    }

    /// Puts other keys into the issuer's file, all at once.
    func publish(_ jwks: [UInt8]) throws {
        try Data(jwks).write(to: keys, options: .atomic)
    }

    /// Asks as a gateway does; gives the status and the `x-authgear-*` headers.
    func ask(_ path: String = "/resolve", _ fields: [String: String] = [:]) async throws -> (Int, [String: String]) {
        let (response, _) = try await get(addresses.gateway[0], path, fields)
        let headers = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
            .filter { $0.0.hasPrefix("x-authgear-") }
        return (response.statusCode, Dictionary(uniqueKeysWithValues: headers))
    }

    func ask(bearing token: String) async throws -> (status: Int, headers: [String: String]) {
        try await ask("/resolve", ["Authorization": "Bearer \(token)"])
    }

    /// Asks as an operator does.
    func page(_ path: String) async throws -> (status: Int, text: String) {
        let (response, body) = try await get(addresses.admin, path, [:])
        return (response.statusCode, String(decoding: body, as: UTF8.self))
    }

    /// Changes something as an operator does.
    func change(_ path: String) async throws -> (status: Int, text: String) {
        let (response, body) = try await get(addresses.admin, path, ["X-Authgear-Admin": "1"], method: "POST")
        return (response.statusCode, String(decoding: body, as: UTF8.self))
    }

    private func get(
        _ address: ListenAddress, _ path: String, _ fields: [String: String], method: String = "GET"
    ) async throws -> (HTTPURLResponse, Data) {
        var request = URLRequest(url: try #require(URL(string: "http://\(address)\(path)")))
        request.httpMethod = method
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        let (body, response) = try await session.data(for: request)
        return (try #require(response as? HTTPURLResponse), body)
    }
}
