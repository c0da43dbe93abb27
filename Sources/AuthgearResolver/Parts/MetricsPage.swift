package import Bytes
package import KeySets
import Redis
package import Telemetry
package import Worker

/// Everything that is counted, put together for one scrape: the text of `/metrics`.
package struct MetricsPage {
    private let listener: ListenerFigures
    private let connections: ConnectionFigures
    private let resolvers: [ResolverFigures]
    private let issuers: [IssuerStatus]
    private let store: StoreFigures
    private let revocationLag: Duration
    private let startedAt: Timestamp

    /// - Parameters:
    ///   - resolvers: one of each event loop.
    ///   - revocationLag: how long after a session ended it may still be answered as valid, at this moment.
    ///   - startedAt: when the process started.
    package init(
        listener: ListenerFigures, connections: ConnectionFigures, resolvers: [ResolverFigures],
        issuers: [IssuerStatus], store: StoreFigures, revocationLag: Duration, startedAt: Timestamp
    ) {
        self.listener = listener
        self.connections = connections
        self.resolvers = resolvers
        self.issuers = issuers
        self.store = store
        self.revocationLag = revocationLag
        self.startedAt = startedAt
    }

    package var text: String {
        var page = PrometheusPage()
        listener.write(to: &page)
        connections.write(to: &page)
        if var resolver = resolvers.first {
            for other in resolvers.dropFirst() { resolver.merge(other) }
            resolver.write(to: &page)
        }
        writeKeySets(to: &page)
        store.write(to: &page)
        page.add(.revocationLag, seconds: revocationLag / .seconds(1))
        page.add(.buildInfo, labels: [Version.program, Version.swift], value: 1)
        page.add(.startTime, value: Int(startedAt.seconds))
        return page.text
    }

    private func writeKeySets(to page: inout PrometheusPage) {
        for status in issuers {
            if let age = status.age { page.add(.keySetAge, labels: [status.issuer], seconds: age / .seconds(1)) }
        }
        for status in issuers { page.add(.keySetKeys, labels: [status.issuer], value: status.keys) }
        for status in issuers { page.add(.keySetSkipped, labels: [status.issuer], value: status.skipped) }
        for status in issuers {
            for result in FetchResult.allCases {
                page.add(.keySetFetches, labels: [status.issuer, result.rawValue], value: status.fetches[result] ?? 0)
            }
        }
    }
}
