import Bytes
import EventLoop
package import Telemetry

/// What one worker is told of Redis.
package struct RedisSettings: Sendable {
    let configuration: RedisConfiguration
    let role: RedisClient.FeedRole
    /// Who asks the Sentinels, where there are any; nil: this worker.
    let watcher: WorkerMailbox?
    /// Whom the worker hands changes to: all others, when it owns the feed, or asks Sentinels.
    let others: [WorkerMailbox]
    let log: LimitedLog

    /// - Parameters:
    ///   - number: the worker's, from 0; the first owns the feed.
    ///   - isCached: whether answers may be given from memory, so that changes are to be told.
    package init(
        _ configuration: RedisConfiguration, worker number: Int, of mailboxes: [WorkerMailbox], isCached: Bool,
        log: LimitedLog
    ) {
        self.configuration = configuration
        self.log = log
        role = !isCached ? .none : number == 0 ? .owner : .follower
        watcher = number == 0 ? nil : mailboxes.first
        let tells = number == 0 && (isCached || configuration.sentinels != nil)
        others = tells ? Array(mailboxes.dropFirst()) : []
    }
}

/// Hands what the feed tells to the other workers, in lots, at most one a millisecond. A mailbox keeps the order, so a lease never
/// overtakes a change.
///
/// For a lot of records no worker is woken: who sleeps answers nobody, and before it answers it reads its mailbox. So a storm of
/// changes costs those that don't own the feed next to nothing. A lease wakes, and takes along what waits.
struct ChangeLots {
    /// Between two lots, in nanoseconds.
    private static let interval: Int64 = 1_000_000

    private var workers: [WorkerMailbox]
    private var lot: [MemoryChange] = []
    private var nextAt = Int64.min

    /// - Parameter workers: all but the one that owns the feed.
    init(to workers: [WorkerMailbox]) {
        self.workers = workers
    }

    /// Hands over what there is, passes other settings on behind it, and hands over to these workers from now on.
    mutating func adopt(
        _ workers: [WorkerMailbox], passingOn next: [(worker: WorkerMailbox, settings: RedisSettings)]
    ) {
        flush(at: .max)
        nextAt = .min
        self.workers = workers
        for (worker, settings) in next { worker.post(.adopt(settings, next: [])) }
    }

    /// When `flush` has something to do; far away when it has not.
    var due: Int64 { lot.isEmpty ? .max : nextAt }

    mutating func append(_ changes: [MemoryChange]) {
        if !workers.isEmpty { lot += changes }
    }

    /// Posts the lot, if its time has come.
    mutating func flush(at now: Int64) {
        guard !lot.isEmpty, now >= nextAt else { return }
        let wakes = !lot.allSatisfy { change in if case .records = change { true } else { false } }
        for worker in workers { worker.post(.changes(lot), wakes: wakes) }
        lot = []
        nextAt = now.addingSaturated(Self.interval)
    }
}
