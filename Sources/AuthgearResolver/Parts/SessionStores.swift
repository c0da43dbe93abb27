import Bytes
package import Listener
package import Logging
package import NIOCore
import Resolution
import ServiceLifecycle
package import Sessions
import Telemetry

/// The session stores of all event loops: one each, so that a look-up never leaves its loop.
package struct SessionStores: Service {
    /// What each is made from.
    package enum Origin: Sendable {
        case none
        case redis(RedisConfiguration)
        case memory(MemoryRecords)
    }

    private let origin: Origin
    /// Whether answers may be kept in memory, so that the stores should tell of changes.
    private let areCached: Bool
    private let logger: Logger
    private let boxes: [NIOLoopBoundBox<SessionStore>]

    package init(_ origin: Origin, areCached: Bool, on group: any EventLoopGroup, logger: Logger) {
        self.origin = origin
        self.areCached = areCached
        self.logger = logger
        boxes = group.makeIterator().map { NIOLoopBoundBox.makeBoxSendingValue(.none, eventLoop: $0) }
    }

    /// Makes the store of a loop, which tells the loop's resolver of changes. Called on the loop.
    package func makeStore(for loop: ListenerLoop) -> SessionStore {
        let store = store(for: loop)
        boxes.first { $0.eventLoop === loop.eventLoop }?.value = store
        return store
    }

    private func store(for loop: ListenerLoop) -> SessionStore {
        switch origin {
        case .none:
            return .none
        case .memory(let records):
            return .memory(MemoryStore(records, on: loop.eventLoop, logger: logger))
        case .redis(let configuration):
            let changes = areCached ? { change in loop.withResolver { $0.heed(change) } } : nil
            return .redis(RedisStore(configuration, on: loop.eventLoop, logger: logger, changes: changes))
        }
    }

    /// Tries each store once; they stay connected until the process ends.
    package func start() async throws {
        for box in boxes {
            try await box.eventLoop.flatSubmit { box.value.start(on: box.eventLoop) }.get()
        }
    }

    package func run() async throws {
        try await gracefulShutdown()
        for box in boxes { try await box.eventLoop.submit { box.value.stop() }.get() }
    }

    /// The first reason why one of them can't be asked.
    package func problem() async throws -> String? {
        for box in boxes {
            if case .unreachable(let reason) = try await box.eventLoop.submit({ box.value.status }).get() {
                return reason
            }
        }
        return nil
    }

    /// How long after a session ended it may still be answered as valid, at this moment: zero while each is read anew.
    package func revocationLag() async throws -> Duration {
        var longest = Duration.zero
        for box in boxes { longest = max(longest, try await box.eventLoop.submit { box.value.revocationLag }.get()) }
        return longest
    }

    package func figures() async throws -> StoreFigures {
        var sum = StoreFigures()
        for box in boxes { sum.merge(try await box.eventLoop.submit { box.value.figures }.get()) }
        return sum
    }
}

extension Resolver {
    /// Takes what the store tells of its records.
    fileprivate mutating func heed(_ change: StoreChange) {
        switch change {
        case .record(let key): recordChanged(key)
        case .everything: distrustSessions()
        case .upToDate(let deadline): trustSessions(until: .now + Duration(deadline - .now()))
        }
    }
}
