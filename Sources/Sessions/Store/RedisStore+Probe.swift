import Logging
package import NIOCore

extension RedisStore {
    /// Tries a store once: connects, and does what the set-up of a connection does (TLS, AUTH, SELECT, PING), within
    /// `connect_timeout`. May be called from anywhere; the future always succeeds.
    package static func probe(
        _ configuration: RedisConfiguration, on eventLoop: any EventLoop
    ) -> EventLoopFuture<StoreStatus> {
        eventLoop.flatSubmit {
            let promise = eventLoop.makePromise(of: StoreStatus.self)
            let silence = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
            let connection = RedisConnection(
                configuration, on: eventLoop, journal: StoreJournal(logger: silence),
                events: RedisConnection.Events(
                    ready: { connection in
                        promise.succeed(.reachable)
                        connection.close(because: .stopped)
                    },
                    closed: { failure in
                        guard failure != .stopped else { return }
                        promise.succeed(.unreachable(reason: failure.reason(at: configuration.address)))
                    }))
            Connector(configuration: configuration, eventLoop: eventLoop).open(connection, failed: connection.close)
            return promise.futureResult
        }
    }
}
