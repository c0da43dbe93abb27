import Bytes
import KeySets
import Listener
import Resolution
import Sessions
import Telemetry

/// Everything that is counted, put together for one scrape: the text of `/metrics`.
struct MetricsPage {
    var listener: ListenerFigures
    var resolvers: [ResolverFigures]
    var issuers: [IssuerStatus]
    var store: StoreFigures
    var revocationLag: Duration
    var startedAt: Timestamp

    var text: String {
        var page = PrometheusPage()
        listener.write(to: &page)
        if var resolver = resolvers.first {
            for other in resolvers.dropFirst() { resolver.merge(other) }
            resolver.write(to: &page)
        }
        writeKeySets(to: &page)
        store.write(to: &page)
        page.add(.revocationLag, [], seconds: revocationLag / .seconds(1))
        page.add(.buildInfo, [Version.program, Version.swift], 1)
        page.add(.startTime, [], Int(startedAt.seconds))
        return page.text
    }

    private func writeKeySets(to page: inout PrometheusPage) {
        for status in issuers {
            if let age = status.age { page.add(.keySetAge, [status.issuer], seconds: age / .seconds(1)) }
        }
        for status in issuers { page.add(.keySetKeys, [status.issuer], status.keys) }
        for status in issuers { page.add(.keySetSkipped, [status.issuer], status.skipped) }
        for status in issuers {
            for result in FetchResult.allCases {
                page.add(.keySetFetches, [status.issuer, result.rawValue], status.fetches[result] ?? 0)
            }
        }
    }
}
