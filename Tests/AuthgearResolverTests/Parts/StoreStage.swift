import AuthgearResolver
import Listener
import Logging
import NIOCore
import NIOPosix
import Resolution
import Sessions

/// The session stores of two event loops, as the process makes them.
struct StoreStage: Sendable {
    private struct Place {
        let loop: ListenerLoop
        let store: SessionStore
    }

    let stores: SessionStores
    private let places: [(eventLoop: any EventLoop, bound: NIOLoopBound<Place>)]
    private let group: MultiThreadedEventLoopGroup

    /// Makes the stores on their loops, does something with them, and ends them.
    static func with(
        _ origin: SessionStores.Origin, areCached: Bool = true, _ body: (StoreStage) async throws -> Void
    ) async throws {
        let stage = try await StoreStage(origin, areCached: areCached)
        do {
            try await body(stage)
        } catch {
            try? await stage.end()
            throw error
        }
        try await stage.end()
    }

    private init(_ origin: SessionStores.Origin, areCached: Bool) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let stores = SessionStores(origin, areCached: areCached, on: group, logger: logger)
        var places: [(any EventLoop, NIOLoopBound<Place>)] = []
        for eventLoop in group.makeIterator() {
            let place = try await eventLoop.submit {
                let loop = ListenerLoop(
                    on: eventLoop, limits: ConnectionLimits(), resolver: Configuration().resolver(),
                    effects: { _ in .none })
                return NIOLoopBound(Place(loop: loop, store: stores.makeStore(for: loop)), eventLoop: eventLoop)
            }.get()
            places.append((eventLoop, place))
        }
        (self.stores, self.places, self.group) = (stores, places, group)
    }

    /// Asks each loop's store for the session under a key.
    func lookUp(_ key: String) async throws -> [RecordReply] {
        let query = RecordQuery(kind: .session, key: Array(key.utf8))
        var replies: [RecordReply] = []
        for (eventLoop, place) in places {
            let reply = try await eventLoop.flatSubmit {
                let promise = eventLoop.makePromise(of: RecordReply.self)
                place.value.store.lookUp(query) { promise.succeed($0) }
                return promise.futureResult
            }.get()
            replies.append(reply)
        }
        return replies
    }

    private func end() async throws {
        for (eventLoop, place) in places { try await eventLoop.submit { place.value.store.stop() }.get() }
        try await group.shutdownGracefully()
    }
}
