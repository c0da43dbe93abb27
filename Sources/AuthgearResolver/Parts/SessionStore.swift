package import Authentication
package import JOSE
package import NIOCore
package import Redis
package import Worker

/// The session store of one event loop, of whichever kind.
package enum SessionStore: Sendable {
    case none
    case memory(MemoryStore)
    case redis(NIOLoopBoundBox<RedisDesk?>)

    /// What the loop's requests may ask; called on the loop.
    package func effects(find: @escaping (MissingKey, Ticket) -> Void) -> WorkerEffects {
        switch self {
        case .none: WorkerEffects(store: .atOnce { _ in .unavailable(.disconnected) }, find: find)
        case .memory(let store): WorkerEffects(store: .atOnce(store.lookUp), find: find)
        case .redis(let desk):
            WorkerEffects(
                store: .later { questions in desk.eventLoop.execute { desk.value?.ask(questions) } }, find: find)
        }
    }

    /// Returns when the store was tried once.
    package func start() async throws {
        guard case .redis(let desk) = self else { return }
        try await desk.eventLoop.flatSubmit {
            desk.value?.store.start() ?? desk.eventLoop.makeSucceededVoidFuture()
        }.get()
    }

    package func stop() async throws {
        try await ask { $0.stop() }
    }

    /// Why records can't be had at this moment: asks for some.
    package func problem(asking queries: [RecordQuery]) async throws -> String? {
        guard case .redis(let desk) = self else { return nil }
        let status = try await desk.eventLoop.flatSubmit {
            desk.value?.store.trial(queries) ?? desk.eventLoop.makeSucceededFuture(.reachable)
        }.get()
        guard case .unreachable(let reason) = status else { return nil }
        return reason
    }

    /// How long after a session ended it may still be answered as valid.
    package func revocationLag() async throws -> Duration {
        try await ask { $0.revocationLag } ?? .zero
    }

    package func figures() async throws -> StoreFigures {
        if case .memory(let store) = self { return store.figures }
        return try await ask { $0.figures } ?? StoreFigures()
    }

    /// Asks Redis' store, if this is one.
    @discardableResult
    private func ask<Value: Sendable>(_ read: @escaping @Sendable (RedisStore) -> Value) async throws -> Value? {
        guard case .redis(let desk) = self else { return nil }
        return try await desk.eventLoop.submit { desk.value.map { read($0.store) } }.get()
    }
}
