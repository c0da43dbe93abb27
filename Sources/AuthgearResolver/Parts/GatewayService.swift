import ServiceLifecycle
import Worker

/// The listener, from the moment when each session store was tried once.
///
/// Its addresses are bound before, so who connects meanwhile waits and is not refused: where Redis can be reached, the first
/// cookie already finds a connection. Where it can't, the wait ends with the attempt, after `connect_timeout` at the latest.
/// The operator is answered all the while.
struct GatewayService: Service {
    let stores: SessionStores
    let listener: Listener

    func run() async throws {
        try await stores.start()
        try await listener.run()
    }
}
