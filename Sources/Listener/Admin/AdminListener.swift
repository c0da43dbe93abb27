package import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// The admin listener: `/healthz`, `/readyz` and `/metrics`, on an address of its own (contract section 1).
///
/// Not the hot path: a NIOHTTP1 pipeline, one request a connection.
package final class AdminListener: Service {
    private static let maximumConnections = 64
    private let pages: AdminPages
    private let doors: Doors
    /// What was asked: a connection asks once, so there are no more of them than connections.
    private let requests: AsyncStream<AdminRequest>
    private let asking: AsyncStream<AdminRequest>.Continuation

    package init(_ address: ListenAddress, on group: any EventLoopGroup, pages: AdminPages) {
        let (requests, asking) = AsyncStream.makeStream(of: AdminRequest.self)
        self.pages = pages
        self.requests = requests
        self.asking = asking
        doors = Doors(
            Doors.Plan(
                addresses: [address], backlog: 128, maximumConnections: Self.maximumConnections,
                acceptor: group.next(), group: group,
                serve: { channel in
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(AdminHandler { asking.yield($0) })
                }))
    }

    /// Binds the address; gives it with the port that the system picked.
    @discardableResult
    package func bind() async throws -> [ListenAddress] {
        try await doors.open()
    }

    /// Answers until it is to shut down. Binds, unless that was done.
    package func run() async throws {
        try await bind()
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.listen() }
            for await request in requests {
                tasks.addTask { [pages] in request.reply(await pages.answer(to: request.uri)) }
            }
        }
        await doors.closeConnections()
    }

    /// Takes connections until it is to shut down; then nothing more can be asked.
    private func listen() async {
        await withTaskCancellationOrGracefulShutdownHandler {
            await doors.closed()
        } onCancelOrGracefulShutdown: { [doors] in
            doors.close()
        }
        asking.finish()
    }
}
