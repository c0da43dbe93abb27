import EventLoop
import KeySets
import Logging
import NIOPosix
import Questions
import Telemetry
import Worker

/// Has all parts take another configuration.
///
/// Each worker changes over between two requests, issuers' keys and rules at once. What a worker asks of others meanwhile is answered
/// by either, and judged by what the worker holds when the reply comes.
struct Adopter: Sendable {
    let current: CurrentConfiguration
    let loops: LoopSet
    let listener: Listener
    let keySets: KeySets
    let fetcher: KeyFetcher
    let authgear: AuthgearClient
    let stores: RecordStores
    let background: MultiThreadedEventLoopGroup
    /// Nil where the log's level is not ours to set.
    let logLevel: SharedLogLevel?
    let logger: Logger

    /// Returns when every worker decides by it.
    func adopt(_ adoption: Reloader.Adoption) async throws {
        let (former, snapshot) = (current.configuration, adoption.snapshot)
        let configuration = snapshot.configuration
        // First what workers ask by the new rules: nothing is asked by them yet.
        if configuration.http.proxies != former.http.proxies { await fetcher.adopt(configuration.http.proxies) }
        if let endpoint = configuration.authgearEndpoint(on: background),
            configuration.authgear?.settings != former.authgear?.settings
                || configuration.http.proxies != former.http.proxies
        {
            try await authgear.adopt(endpoint)
        }
        logLevel?.value = configuration.log.level
        let listening = configuration.listenerSettings(connections: adoption.connections)
        listener.adopt(listening)
        let settings = snapshot.resolverSettings
        let redis = configuration.redisChange(since: former).map { change in
            loops.mailboxes.enumerated().map { number, worker in
                (worker: worker, settings: stores.redis(change, worker: number))
            }
        }
        try await keySets.adopt(configuration.keySetSettings(issuerIDs: snapshot.issuerIDs)) { ring in
            for (number, mailbox) in loops.mailboxes.enumerated() {
                let records = adoption.records
                mailbox.post(
                    .perform { context in
                        if let records {
                            stores.adopt(records, worker: number)
                            context.storeChanged()
                        }
                        context.adopt(listening.connection, settings, keys: ring)
                    })
            }
            // The first owns the feed, and tells the others.
            if let redis, let first = redis.first {
                first.worker.post(.adopt(first.settings, next: Array(redis.dropFirst())))
            }
        }
        // A mailbox is read in order: who answers has changed over. They are asked in order, too, so that the first has told the
        // others before they are.
        _ = try await loops.collect { _ in true }
        // The second answer comes in a later turn: what was decided on before the change has been sent by then.
        _ = try await loops.collect { _ in true }
        current.adopt(snapshot)
        noteShortage(adoption.connections, of: configuration)
    }

    func noteShortage(_ connections: Int, of configuration: Configuration) {
        guard connections < configuration.limits.connections else { return }
        logger.warning(
            "the limit of open files allows fewer connections than limits.connections",
            metadata: .init([.count: "\(connections)"]))
    }
}
