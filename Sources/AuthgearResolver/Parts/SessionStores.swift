package import Authentication
import EventLoop
package import NIOCore
package import Redis
import ServiceLifecycle
package import Telemetry
package import Worker

/// The session stores of all event loops, one each.
package struct SessionStores: Service {
    /// What each is made from.
    package enum Origin: Sendable {
        case none
        case redis(RedisConfiguration)
        case memory(MemoryRecords)
    }

    private let stores: [SessionStore]

    /// - Parameters:
    ///   - areCached: whether answers may be kept in memory, so that the stores should tell of changes.
    ///   - loops: whose requests ask, one loop each store, and whose resolvers are told of changes.
    ///   - group: where connections to Redis are made, and kept when they have TLS.
    package init(
        _ origin: Origin, areCached: Bool, for loops: LoopSet, on group: any EventLoopGroup, log: LimitedLog
    ) {
        stores = loops.mailboxes.map { mailbox in
            switch origin {
            case .none: .none
            case .memory(let records): .memory(MemoryStore(records, log: log))
            case .redis(let configuration):
                .redis(Self.desk(configuration, areCached: areCached, for: mailbox, on: group.next(), log))
            }
        }
    }

    private static func desk(
        _ configuration: RedisConfiguration, areCached: Bool, for mailbox: WorkerMailbox, on eventLoop: any EventLoop,
        _ log: LimitedLog
    ) -> NIOLoopBoundBox<RedisDesk?> {
        let box = NIOLoopBoundBox<RedisDesk?>.makeEmptyBox(eventLoop: eventLoop)
        eventLoop.execute {
            let store = RedisStore(
                configuration, on: eventLoop, log: log, changes: areCached ? report(to: mailbox) : nil,
                home: .eventLoop(behind: mailbox))
            box.value = RedisDesk(store, on: eventLoop, for: mailbox)
        }
        return box
    }

    /// Tells a loop's resolver what changes in the store.
    private static func report(to mailbox: WorkerMailbox) -> (StoreChange) -> Void {
        { change in
            switch change {
            case .record(let key): mailbox.post(.perform { $0.recordChanged(key) })
            case .everything: mailbox.post(.perform { $0.distrustSessions() })
            case .upToDate(let deadline):
                // The same clock, which the loop reads itself.
                let steady = Int64(clamping: deadline.uptimeNanoseconds)
                mailbox.post(.perform { $0.trustSessions(until: steady) })
            }
        }
    }

    /// What the requests of the loop with this number ask.
    package subscript(loop: Int) -> SessionStore { stores[loop] }

    /// Tries all stores once, at the same time; they stay connected until the process ends.
    ///
    /// Returns when the last attempt has ended: within `connect_timeout`, however many there are.
    package func start() async throws {
        try await withThrowingDiscardingTaskGroup { attempts in
            for store in stores { attempts.addTask { try await store.start() } }
        }
    }

    package func run() async throws {
        try await gracefulShutdown()
        for store in stores { try await store.stop() }
    }

    /// The first reason why records can't be had from one of them: asks all, at the same time.
    package func problem(asking queries: [RecordQuery]) async throws -> String? {
        try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask { (number, try await store.problem(asking: queries)) }
            }
            var problems: [Int: String] = [:]
            for try await (number, problem) in group { problems[number] = problem }
            return problems.min { $0.key < $1.key }?.value
        }
    }

    /// How long after a session ended it may still be answered as valid, at this moment.
    package func revocationLag() async throws -> Duration {
        var longest = Duration.zero
        for store in stores { longest = max(longest, try await store.revocationLag()) }
        return longest
    }

    package func figures() async throws -> StoreFigures {
        var sum = StoreFigures()
        for store in stores { sum.merge(try await store.figures()) }
        return sum
    }
}
