package import EventLoop
import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The admin listener: the operator's pages, on an address of its own (contract section 1).
///
/// Not the hot path: a NIOHTTP1 pipeline, one request a connection.
package final class AdminListener: Service {
    /// The most connections that are open at once.
    package static let maximumConnections = 64
    private static let backlog = 128

    private let address: ListenAddress
    private let eventLoop: any EventLoop
    private let pages: AdminPages
    private let gate: NIOLoopBoundBox<AcceptGate>
    private let timeout: TimeAmount
    /// From `bind` on.
    private let door = NIOLockedValueBox<Door?>(nil)
    /// What was asked: a connection asks once, so there are no more of them than connections.
    private let requests: AsyncStream<AdminQuestion>
    private let asking: AsyncStream<AdminQuestion>.Continuation

    private struct Door {
        var socket: ListeningSocket
        var channel: any Channel
    }

    /// - Parameter timeout: how long a connection lasts at most.
    package init(
        _ address: ListenAddress, on eventLoop: any EventLoop, pages: AdminPages, timeout: TimeAmount = .seconds(10)
    ) {
        self.timeout = timeout
        (requests, asking) = AsyncStream.makeStream()
        self.address = address
        self.eventLoop = eventLoop
        self.pages = pages
        self.gate = NIOLoopBoundBox.makeBoxSendingValue(
            AcceptGate(limit: Self.maximumConnections), eventLoop: eventLoop)
    }

    /// Listens on the address; gives it with the port that the system picked.
    @discardableResult
    package func bind() async throws -> ListenAddress {
        if let door = door.withLockedValue({ $0 }) { return door.socket.address }
        let socket = try ListeningSocket.open(at: address, backlog: Self.backlog)
        let channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
        door.withLockedValue { $0 = Door(socket: socket, channel: channel) }
        return socket.address
    }

    /// Answers until it is to shut down. Binds, unless that was done.
    package func run() async throws {
        try await bind()
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.listen() }
            for await question in requests {
                tasks.addTask { [pages] in question.reply(await pages.answer(to: question.request)) }
            }
        }
        // Who asked has been replied to by now, and nobody can ask any more: the others are turned away.
        let gate = gate
        try await eventLoop.flatSubmit { gate.value.closeAll(on: gate.eventLoop) }.get()
    }

    /// Takes connections until it is to shut down; then nothing more can be asked.
    private func listen() async {
        guard let door = door.withLockedValue({ $0 }) else { return }
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await door.channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            door.channel.close(promise: nil)
            door.socket.removeFile()
        }
        asking.finish()
    }

    private var bootstrap: ServerBootstrap {
        let (gate, timeout, asking) = (gate, timeout, asking)
        return ServerBootstrap(group: eventLoop)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptHandler(gate))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        AdminHandler(gate, timeout: timeout) { asking.yield($0) })
                }
            }
    }
}
