package import Authentication
import JOSE
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Questions
import Redis
import Telemetry
import Worker

/// What an inspection asks while it decides.
package struct InspectionSources: Sendable {
    /// Reads a record; where there is no reply, says why.
    package var read: @Sendable (RecordQuery) async -> (reply: RecordReply, trouble: String?)
    /// Asks Authgear about a credential; where it doesn't say, says why.
    package var ask: @Sendable (AuthgearQuestion) async -> (reply: AuthgearReply, trouble: String?)
    /// Asks a server for claims; where it doesn't say, says why.
    package var askForClaims: @Sendable (ClaimsQuestion) async -> (reply: ClaimsReply, trouble: String?) = {
        _ in (.unknown(.unreachable), nil)
    }

    package init(
        read: @escaping @Sendable (RecordQuery) async -> (reply: RecordReply, trouble: String?),
        ask: @escaping @Sendable (AuthgearQuestion) async -> (reply: AuthgearReply, trouble: String?)
    ) {
        (self.read, self.ask) = (read, ask)
    }
}

extension InspectionSources {
    /// What a configuration names: its store, over a connection of its own, and Authgear.
    ///
    /// - Parameter body: after it they are closed.
    package static func with<Value>(
        _ configuration: Configuration, body: (InspectionSources) async -> Value
    ) async throws -> Value {
        let log = LimitedLog(Logger(label: "inspect") { _ in SwiftLogNoOpLogHandler() })
        let endpoint = configuration.authgear.map { authgear in
            AuthgearEndpoint(
                authgear.settings, group: MultiThreadedEventLoopGroup.singleton, proxies: configuration.http.proxies)
        }
        var sources = InspectionSources(
            read: { _ in (.unavailable(.disconnected), "sessions.store has no records") },
            ask: { question in await endpoint?.askOnce(question) ?? (.unknown(.unreachable), nil) })
        let asked = configuration.claimsEndpoints(
            ids: configuration.firstIDs, on: MultiThreadedEventLoopGroup.singleton)
        sources.askForClaims = { question in
            await asked[question.server]?.askOnce(question) ?? (.unknown(.unreachable), nil)
        }
        let origin: RecordStores.Origin
        do {
            origin = try configuration.storeOrigin()
        } catch {
            await endpoint?.shutdown()
            for endpoint in asked.values { await endpoint.shutdown() }
            throw error
        }
        let value: Value
        switch origin {
        case .none:
            value = await body(sources)
        case .memory(let records):
            let store = MemoryStore(records, log: log)
            sources.read = { query in (store.lookUp(query), nil) }
            value = await body(sources)
        case .redis(let redis):
            let reader = RedisReader(redis, log: log)
            sources.read = { query in await reader.read(query) }
            value = await body(sources)
            await reader.stop()
        }
        await endpoint?.shutdown()
        for endpoint in asked.values { await endpoint.shutdown() }
        return value
    }
}

/// Reads records of Redis one after another, for a person who waits: with reasons where there are none.
struct RedisReader: Sendable {
    private let settings: RedisConfiguration
    private let log: LimitedLog
    /// Nil until the first record is wanted.
    private let reader = NIOLockedValueBox<RecordReader?>(nil)

    init(_ settings: RedisConfiguration, log: LimitedLog) {
        self.settings = settings
        self.log = log
    }

    /// Reads a record; where there is no reply, says why. The first one waits for the connection to be made.
    func read(_ query: RecordQuery) async -> (reply: RecordReply, trouble: String?) {
        let reader = await connected()
        let reply = await reader.read(query)
        guard case .unavailable(let failure) = reply else { return (reply, nil) }
        return (reply, await trouble(with: query, from: reader) ?? failure.words)
    }

    func stop() async {
        await reader.withLockedValue { $0 }?.stop()
    }

    private func connected() async -> RecordReader {
        let reader = reader.withLockedValue { reader in
            let connected = reader ?? RecordReader(settings, log: log)
            reader = connected
            return connected
        }
        await reader.connected()
        return reader
    }

    /// Why a record could not be read.
    private func trouble(with query: RecordQuery, from reader: RecordReader) async -> String? {
        if case .unreachable(let reason) = await reader.status(trying: [query]) { return reason }
        return nil
    }
}
