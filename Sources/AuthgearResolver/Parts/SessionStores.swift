import Bytes
package import Listener
package import Logging
package import NIOCore
import Resolution
import ServiceLifecycle
package import Sessions

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
        _ origin: Origin, areCached: Bool, for loops: LoopSet, on group: any EventLoopGroup, logger: Logger
    ) {
        stores = loops.mailboxes.map { mailbox in
            switch origin {
            case .none: .none
            case .memory(let records): .memory(MemoryStore(records, logger: logger))
            case .redis(let configuration):
                .redis(Self.desk(configuration, areCached: areCached, for: mailbox, on: group.next(), logger))
            }
        }
    }

    private static func desk(
        _ configuration: RedisConfiguration, areCached: Bool, for mailbox: Mailbox, on eventLoop: any EventLoop,
        _ logger: Logger
    ) -> NIOLoopBoundBox<RedisDesk?> {
        let box = NIOLoopBoundBox<RedisDesk?>.makeEmptyBox(eventLoop: eventLoop)
        eventLoop.execute {
            let store = RedisStore(
                configuration, on: eventLoop, logger: logger, changes: areCached ? report(to: mailbox) : nil,
                home: .eventLoop(behind: mailbox))
            box.value = RedisDesk(store, on: eventLoop, for: mailbox)
        }
        return box
    }

    /// Tells a loop's resolver what changes in the store.
    private static func report(to mailbox: Mailbox) -> (StoreChange) -> Void {
        { change in
            switch change {
            case .record(let key): mailbox.post(.perform { $0.recordChanged(key) })
            case .everything: mailbox.post(.perform { $0.distrustSessions() })
            case .upToDate(let deadline):
                let moment = Timestamp.now + Duration(deadline - .now())
                mailbox.post(.perform { $0.trustSessions(until: moment) })
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

    /// The first reason why one of them can't be asked.
    package func problem() async throws -> String? {
        for store in stores {
            if let problem = try await store.problem() { return problem }
        }
        return nil
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
