import Bytes
package import Redis
package import Telemetry

/// All that a worker tells the operator at one moment.
package struct WorkerReport: Sendable {
    package var figures: WorkerFigures
    package var listener: ListenerFigures
    package var resolver: ResolverFigures
    /// What connections hold of what was read and is not sent, in bytes.
    package var heldBytes: Int
    /// Of its client of Redis; nil when records are elsewhere.
    package var store: StoreFigures?
    /// How long after a session ended it may still be answered as valid.
    package var revocationLag = Duration.zero
    /// What the Sentinels say; nil where this worker asks none.
    package var sentinels: PrimaryView?
}

extension Worker {
    var report: WorkerReport {
        var report = WorkerReport(
            figures: figures, listener: loop.figures, resolver: ResolverFigures(loop.resolver),
            heldBytes: loop.heldBytes)
        switch redis {
        case .some(let client):
            report.store = client.figures(at: loop.now.steady)
            report.revocationLag = client.revocationLag
            report.sentinels = client.primaryView(at: loop.now.steady)
        case .none: break
        }
        return report
    }
}

/// What all workers have told; nil of one that never has.
extension [WorkerReport?] {
    package var listener: ListenerFigures {
        compactMap(\.self).reduce(into: ListenerFigures()) { $0.merge($1.listener) }
    }

    /// Nil when none has told anything.
    package var resolver: ResolverFigures? {
        let resolvers = compactMap { $0?.resolver }
        return resolvers.dropFirst().reduce(into: resolvers.first) { $0?.merge($1) }
    }

    package var revocationLag: Duration { compactMap { $0?.revocationLag }.max() ?? .zero }

    package var sentinels: PrimaryView? { lazy.compactMap { $0?.sentinels }.first }

    package var heldBytes: Int { reduce(0) { $0 + ($1?.heldBytes ?? 0) } }
}
