package import Authentication
import Logging
package import NIOCore
import Telemetry

extension RedisStore {
    /// Tries a store once: connects, does what the set-up of a connection does (TLS, AUTH, SELECT, PING) within
    /// `connect_timeout`, and asks for records of nobody. May be called from anywhere; the future always succeeds.
    package static func probe(
        _ configuration: RedisConfiguration, asking queries: [RecordQuery], on eventLoop: any EventLoop
    ) -> EventLoopFuture<StoreStatus> {
        eventLoop.flatSubmit {
            let promise = eventLoop.makePromise(of: StoreStatus.self)
            let silence = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
            let trial = RecordTrial(
                number: 0, queries: queries.count, at: configuration.address,
                patience: configuration.connectTimeout + configuration.commandTimeout, on: eventLoop)
            let connection = RedisConnection(
                configuration, on: eventLoop, journal: StoreJournal(address: "", log: LimitedLog(silence)),
                events: RedisConnection.Events(
                    ready: { connection in connection.ask(queries, trial: 0) },
                    closed: { failure in trial.end(failure.reason(at: configuration.address)) },
                    answered: { answer in
                        if case .trial(let outcome) = answer { trial.note(outcome) }
                    }))
            trial.result.assumeIsolated().whenSuccess { status in
                connection.close(because: .stopped)
                promise.succeed(status)
            }
            Connector(configuration: configuration, eventLoop: eventLoop).open(connection, failed: connection.close)
            return promise.futureResult
        }
    }
}
