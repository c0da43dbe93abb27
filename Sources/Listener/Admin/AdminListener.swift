package import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// The admin listener: `/healthz`, `/readyz` and `/metrics`, on an address of its own (contract section 1).
///
/// Not the hot path: a NIOHTTP1 pipeline, one request a connection.
package final class AdminListener: Service {
    private static let maximumConnections = 64
    private let doors: Doors

    package init(_ address: ListenAddress, on group: any EventLoopGroup, pages: AdminPages) {
        doors = Doors(
            Doors.Plan(
                addresses: [address], backlog: 128, maximumConnections: Self.maximumConnections,
                acceptor: group.next(), group: group,
                serve: { channel in
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(AdminHandler(pages))
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
        await withTaskCancellationOrGracefulShutdownHandler {
            await doors.closed()
        } onCancelOrGracefulShutdown: { [doors] in
            doors.close()
        }
        await doors.closeConnections()
    }
}
