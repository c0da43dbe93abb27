import Authentication
import Logging
import NIOPosix
import Questions
import Redis
import Telemetry
import Worker

extension InspectionSources {
    /// What a configuration names: its store, over a connection of its own, and Authgear.
    ///
    /// - Parameter body: after it they are closed.
    package static func with<Value>(
        _ configuration: Configuration, _ body: (InspectionSources) async -> Value
    ) async throws -> Value {
        let log = LimitedLog(Logger(label: "inspect") { _ in SwiftLogNoOpLogHandler() })
        let endpoint = configuration.authgear.map { authgear in
            AuthgearEndpoint(
                authgear.settings, group: MultiThreadedEventLoopGroup.singleton, proxies: configuration.http.proxies)
        }
        var sources = InspectionSources(
            read: { _ in (.unavailable(.disconnected), "sessions.store has no records") },
            ask: { question in await endpoint?.askOnce(question) ?? (.unknown(.unreachable), nil) })
        let origin: RecordStores.Origin
        do {
            origin = try configuration.storeOrigin()
        } catch {
            await endpoint?.shutdown()
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
        return value
    }
}
