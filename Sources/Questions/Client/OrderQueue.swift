import ServiceLifecycle

/// Hands what is decided on an event loop to tasks that may wait for the network.
package struct OrderQueue<Order: Sendable>: Sendable {
    private let orders: AsyncStream<Order>
    private let continuation: AsyncStream<Order>.Continuation

    package init() {
        (orders, continuation) = AsyncStream.makeStream()
    }

    /// May be called from any thread. The queue is unbounded: whoever decides bounds what is under way.
    package func add(_ order: Order) {
        continuation.yield(order)
    }

    /// Carries out each order in a task of its own, until this task is cancelled or asked to stop. Then those tasks are
    /// cancelled, and have ended when it returns.
    package func carryOut(_ body: @escaping @Sendable (Order) async -> Void) async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await order in orders {
                    group.addTask { await body(order) }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: { [continuation] in
            continuation.finish()
        }
    }
}
