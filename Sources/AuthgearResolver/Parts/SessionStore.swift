package import NIOCore
package import Resolution
package import Sessions

/// The session store of one event loop, of whichever kind. Confined to the loop.
package enum SessionStore {
    case none
    case redis(RedisStore)
    case memory(MemoryStore)

    package func lookUp(_ query: RecordQuery, reply: @escaping (RecordReply) -> Void) {
        switch self {
        case .none: reply(.unavailable(.disconnected))
        case .redis(let store): store.lookUp(query, reply: reply)
        case .memory(let store): store.lookUp(query, reply: reply)
        }
    }

    /// The future succeeds when the store was tried once.
    package func start(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        switch self {
        case .redis(let store): store.start()
        case .none, .memory: eventLoop.makeSucceededVoidFuture()
        }
    }

    package func stop() {
        if case .redis(let store) = self { store.stop() }
    }

    package var status: StoreStatus {
        switch self {
        case .redis(let store): store.status
        case .none, .memory: .reachable
        }
    }

    /// How long after a session ended it may still be answered as valid.
    package var revocationLag: Duration {
        switch self {
        case .redis(let store): store.isTracking ? RedisStore.changesAreToldWithin : .zero
        case .none, .memory: .zero
        }
    }

    package var figures: StoreFigures {
        switch self {
        case .none: StoreFigures()
        case .redis(let store): store.figures
        case .memory(let store): store.figures
        }
    }
}
