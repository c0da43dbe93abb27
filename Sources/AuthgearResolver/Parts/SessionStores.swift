import Logging
import NIOCore
import ServiceLifecycle
import Sessions

/// The session stores of all event loops: one each, so that a look-up never leaves its loop.
struct SessionStores: Service {
    /// What each is made from.
    enum Origin: Sendable {
        case none
        case redis(RedisConfiguration)
        case memory(MemoryRecords)
    }

    private let boxes: [NIOLoopBoundBox<SessionStore>]

    init(_ origin: Origin, on group: any EventLoopGroup, logger: Logger) {
        boxes = group.makeIterator().map { eventLoop in
            NIOLoopBoundBox.makeBoxSendingValue(Self.store(origin, on: eventLoop, logger), eventLoop: eventLoop)
        }
    }

    private static func store(_ origin: Origin, on eventLoop: any EventLoop, _ logger: Logger) -> SessionStore {
        switch origin {
        case .none: .none
        case .redis(let configuration): .redis(RedisStore(configuration, on: eventLoop, logger: logger))
        case .memory(let records): .memory(MemoryStore(records, on: eventLoop, logger: logger))
        }
    }

    /// The store of an event loop, from which it must be called.
    func store(on eventLoop: any EventLoop) -> SessionStore {
        boxes.first { $0.eventLoop === eventLoop }?.value ?? .none
    }

    /// Tries each store once; they stay connected until the process ends.
    func start() async throws {
        for box in boxes {
            try await box.eventLoop.flatSubmit { box.value.start(on: box.eventLoop) }.get()
        }
    }

    func run() async throws {
        try await gracefulShutdown()
        for box in boxes { try await box.eventLoop.submit { box.value.stop() }.get() }
    }

    /// The first reason why one of them can't be asked.
    func problem() async throws -> String? {
        for box in boxes {
            if case .unreachable(let reason) = try await box.eventLoop.submit({ box.value.status }).get() {
                return reason
            }
        }
        return nil
    }

    func figures() async throws -> StoreFigures {
        var sum = StoreFigures()
        for box in boxes { sum.merge(try await box.eventLoop.submit { box.value.figures }.get()) }
        return sum
    }
}
