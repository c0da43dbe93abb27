package import Authentication
import Bytes
import EventLoop
package import JOSE
import KeySets
import Redis
package import Telemetry
package import Worker

/// The session stores of all workers, as the rest of the process sees them: what each is made from, and what the operator asks.
package struct RecordStores: Sendable {
    /// What each is made from.
    package enum Origin: Sendable {
        case none
        case redis(RedisConfiguration)
        case memory(MemoryRecords)
    }

    private let origin: Origin
    /// Of the first configuration.
    private let areCached: Bool
    private let loops: LoopSet
    private let log: LimitedLog
    /// One for each worker; empty unless records are in memory.
    private let memories: [MemoryStore]

    /// - Parameters:
    ///   - areCached: whether answers may be kept in memory, so that changes are to be told.
    ///   - loops: the workers, whose requests ask.
    package init(_ origin: Origin, areCached: Bool, for loops: LoopSet, log: LimitedLog) {
        self.origin = origin
        self.areCached = areCached
        self.loops = loops
        self.log = log
        if case .memory(let records) = origin {
            memories = loops.mailboxes.map { _ in MemoryStore(records, log: log) }
        } else {
            memories = []
        }
    }

    /// What the requests of the worker with this number may wait for: records, and keys of these sets.
    func effects(worker number: Int, keysOf keySets: KeySets) -> WorkerEffects {
        let mailbox = loops.mailboxes[number]
        var effects = effects(worker: number) { key, ticket in
            keySets.find(key) { reply in mailbox.post(.reply(ticket, .key(reply))) }
        }
        effects.makeTable = keySets.makeTable
        return effects
    }

    /// What the requests of the worker with this number may wait for.
    package func effects(
        worker number: Int, find: @escaping (MissingKey, Ticket) -> Void
    ) -> WorkerEffects {
        switch origin {
        case .none: WorkerEffects(store: .atOnce { _ in .unavailable(.disconnected) }, find: find)
        case .memory: WorkerEffects(store: .atOnce(memories[number].lookUp), find: find)
        case .redis: WorkerEffects(store: .shared, find: find)
        }
    }

    /// What the worker with this number is told of Redis; nil when records are elsewhere.
    package func redis(worker number: Int) -> RedisSettings? {
        guard case .redis(let configuration) = origin else { return nil }
        return redis(RedisChange(configuration: configuration, isCached: areCached), worker: number)
    }

    /// The same, of a configuration that is adopted later.
    func redis(_ change: RedisChange, worker number: Int) -> RedisSettings {
        RedisSettings(
            change.configuration, worker: number, of: loops.mailboxes, isCached: change.isCached, log: log)
    }

    /// The worker with this number, which calls it, finds these records from now on.
    func adopt(_ records: MemoryRecords, worker number: Int) {
        if number < memories.count { memories[number].adopt(records) }
    }

    /// The first reason why records can't be read by one of the workers: all ask for some, at the same time.
    package func problem(asking queries: [RecordQuery]) async -> String? {
        await trial(asking: queries).problem
    }

    /// Whether records can be read by all workers that answer: all ask for some, at the same time.
    ///
    /// - Returns: the first reason why not, and whether each has ended its first attempt to connect, well or badly.
    package func trial(asking queries: [RecordQuery]) async -> (problem: String?, isTried: Bool) {
        guard case .redis = origin else { return (nil, true) }
        // One that is out of reach answers when its time is over.
        let patience = RedisClient.trialPatience + LoopSet.patience
        let answers: [ConnectionTrial?] = await loops.answers(within: patience) { reply in
            .redis { client in
                let isTried = client.hasEndedFirstAttempt
                client.tryRecords(of: queries, at: Moment.steadyNanoseconds()) {
                    reply(ConnectionTrial(status: $0, isTried: isTried))
                }
            }
        }
        let trials = answers.compactMap(\.self)
        guard !trials.isEmpty else { return ("no worker says how it is", true) }
        return (trials.lazy.compactMap(\.problem).first, trials.allSatisfy(\.isTried))
    }

    /// What all have counted together.
    package func figures(of workers: [WorkerReport?]) -> StoreFigures {
        var sum = StoreFigures()
        for memory in memories { sum.merge(memory.figures) }
        for figures in workers.compactMap({ $0?.store }) { sum.merge(figures) }
        return sum
    }

    /// What the Sentinels say of the primary at this moment; nil where none are asked.
    func sentinels() async -> PrimaryView? {
        guard case .redis(let configuration) = origin, configuration.sentinels != nil else { return nil }
        let answers = await loops.answers { reply in
            .redis { client in reply(client.primaryView(at: Moment.steadyNanoseconds())) }
        }
        return answers.lazy.compactMap { $0 ?? nil }.first
    }

    /// What a worker says of its connection.
    private struct ConnectionTrial: Sendable {
        let status: StoreStatus
        let isTried: Bool

        var problem: String? {
            if case .unreachable(let reason) = status { reason } else { nil }
        }
    }
}
