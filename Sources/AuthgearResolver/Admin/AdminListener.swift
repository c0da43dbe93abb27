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
    private let inherited: InheritedSockets
    private let eventLoop: any EventLoop
    private let pages: AdminPages
    private let gate: NIOLoopBoundBox<AcceptGate>
    private let timeout: TimeAmount
    /// From `bind` on.
    private let door = NIOLockedValueBox<Door?>(nil)
    /// Given when it may accept: at once, unless another process still does at the same socket.
    private let isOpen = StartSignal()
    /// What was asked: a connection asks once, so there are no more of them than connections.
    private let requests: AsyncStream<AdminQuestion>
    private let asking: AsyncStream<AdminQuestion>.Continuation

    private struct Door {
        var socket: ListeningSocket
        /// From when on connections are accepted.
        var channel: (any Channel)?
    }

    /// - Parameters:
    ///   - inherited: sockets that are there already; another address is bound.
    ///   - timeout: how long a connection lasts at most.
    package init(
        _ address: ListenAddress, inheriting inherited: InheritedSockets = InheritedSockets(),
        on eventLoop: any EventLoop, pages: AdminPages, timeout: TimeAmount = .seconds(10)
    ) {
        self.inherited = inherited
        if !inherited.areHeld { isOpen.give() }
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
        let socket = try inherited.open(at: address, backlog: Self.backlog)
        door.withLockedValue { $0 = Door(socket: socket) }
        return socket.address
    }

    /// What it listens on; nothing before `bind`.
    var listening: [ListeningSocket] { door.withLockedValue { $0.map { [$0.socket] } ?? [] } }

    /// Another process no longer accepts at its socket: this one does.
    func open() {
        isOpen.give()
    }

    /// Accepts nothing more; what was asked is answered.
    func leave() {
        door.withLockedValue(\.self)?.channel?.close(promise: nil)
    }

    /// Answers until it is to shut down. Binds, unless that was done.
    package func run() async throws {
        try await bind()
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask { try await self.listen() }
            for await question in requests {
                tasks.addTask { [pages] in question.reply(await pages.answer(to: question.request)) }
            }
        }
        // Who asked has been replied to by now, and nobody can ask any more: the others are turned away.
        let gate = gate
        try await eventLoop.flatSubmit { gate.value.closeAll(on: gate.eventLoop) }.get()
    }

    /// Takes connections until it is to shut down; then nothing more can be asked.
    private func listen() async throws {
        defer { asking.finish() }
        guard let socket = listening.first else { return }
        guard await isOpen.wait() else { return socket.close() }
        let channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
        door.withLockedValue { $0?.channel = channel }
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await channel.closeFuture.get()
            // Who has left is not to end before the others.
            await StartSignal.waitForEnd()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
            socket.removeFile()
        }
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
