package import Bytes
package import EventLoop
package import KeySets
package import Redis
package import Telemetry
package import Trust
package import Worker

/// Everything that is counted, put together for one scrape: the text of `/metrics`.
package struct MetricsPage {
    /// Of so many issuers, the first ones, the results of fetches that never came are on the page as well.
    package static let issuersWithAllResults = 50

    private let listener: ListenerFigures
    private let connections: ConnectionFigures
    private let workers: [WorkerFigures?]
    private let resolvers: [ResolverFigures]
    private let issuers: [IssuerStatus]
    private let store: StoreFigures
    private let sentinels: PrimaryView?
    private let revocationLag: Duration
    private let reload: ReloadFigures
    private let apiTokens: APITokenFigures
    private let serverTLS: ServerTLSFigures
    private let certificates: [CertificateDates.Date]
    private let isReady: Bool
    private let droppedSpans: Int
    private let isDraining: Bool
    private let startedAt: Timestamp
    private let suppressedLines: Int
    private let process: ProcessFigures
    private let clock: LoopClock

    /// - Parameters:
    ///   - workers: one of each event loop, nil of one that has never answered.
    ///   - resolvers: one of each that has.
    ///   - sentinels: what they say of the store's primary; nil where there are none.
    ///   - revocationLag: how long after a session ended it may still be answered as valid, at this moment.
    ///   - isReady: whether `/readyz` is 200.
    ///   - droppedSpans: how many spans of traces were never delivered.
    ///   - startedAt: when the process started.
    ///   - suppressedLines: those that were held back from the log.
    ///   - clock: what moments of the steady clock are on the civil one.
    package init(
        listener: ListenerFigures, connections: ConnectionFigures, workers: [WorkerFigures?] = [],
        resolvers: [ResolverFigures], issuers: [IssuerStatus], store: StoreFigures, sentinels: PrimaryView? = nil,
        revocationLag: Duration,
        reload: ReloadFigures,
        apiTokens: APITokenFigures = APITokenFigures(), serverTLS: ServerTLSFigures = ServerTLSFigures(),
        certificates: [CertificateDates.Date] = [],
        droppedSpans: Int = 0, isReady: Bool = false, isDraining: Bool = false, startedAt: Timestamp,
        suppressedLines: Int = 0,
        process: ProcessFigures = ProcessFigures(), clock: LoopClock
    ) {
        self.listener = listener
        self.connections = connections
        self.workers = workers
        self.resolvers = resolvers
        self.issuers = issuers
        self.store = store
        self.sentinels = sentinels
        self.revocationLag = revocationLag
        self.reload = reload
        self.apiTokens = apiTokens
        self.serverTLS = serverTLS
        self.certificates = certificates
        self.isReady = isReady
        self.droppedSpans = droppedSpans
        self.isDraining = isDraining
        self.startedAt = startedAt
        self.suppressedLines = suppressedLines
        self.process = process
        self.clock = clock
    }

    package var text: String { String(decoding: bytes(in: .prometheus), as: UTF8.self) }

    package func bytes(in format: ExpositionFormat) -> [UInt8] {
        var page = PrometheusPage(format)
        listener.write(to: &page)
        connections.write(to: &page)
        workers.write(to: &page)
        if var resolver = resolvers.first {
            for other in resolvers.dropFirst() { resolver.merge(other) }
            resolver.write(to: &page)
        }
        writeKeySets(to: &page)
        store.write(to: &page)
        for voice in PrimaryView.Voice.allCases {
            let count = sentinels?.rows.count { $0.voice == voice } ?? 0
            page.add(.sentinels, labels: [voice.rawValue], value: count)
        }
        page.add(.revocationLag, seconds: revocationLag / .seconds(1))
        page.add(.traceSpansDropped, value: droppedSpans)
        page.add(.ready, value: isReady ? 1 : 0)
        page.add(.draining, value: isDraining ? 1 : 0)
        page.add(.configurationGeneration, value: Int(clamping: reload.generation))
        page.add(.configurationReloads, labels: ["done"], value: reload.done)
        page.add(.configurationReloads, labels: ["refused"], value: reload.refused)
        page.add(.configurationInfo, labels: [reload.sha256], value: 1)
        page.add(.apiTokens, value: apiTokens.count)
        page.add(.apiTokenFileRefused, value: apiTokens.isRefused ? 1 : 0)
        page.add(.apiTokenReads, labels: ["done"], value: apiTokens.done)
        page.add(.apiTokenReads, labels: ["refused"], value: apiTokens.refused)
        page.add(.tlsFilesRefused, value: serverTLS.isRefused ? 1 : 0)
        page.add(.tlsFileReads, labels: ["done"], value: serverTLS.done)
        page.add(.tlsFileReads, labels: ["refused"], value: serverTLS.refused)
        for date in certificates { page.add(.tlsNotAfter, labels: [date.path], value: Int(date.notAfter)) }
        page.add(.buildInfo, labels: [Version.program, Version.swift], value: 1)
        page.add(.startTime, value: Int(startedAt.seconds))
        page.add(.suppressedLines, value: suppressedLines)
        process.write(to: &page)
        return page.bytes
    }

    private func writeKeySets(to page: inout PrometheusPage) {
        for status in issuers {
            if let age = status.age { page.add(.keySetAge, labels: [status.issuer], seconds: age / .seconds(1)) }
        }
        for status in issuers {
            if let until = status.usableUntil {
                page.add(.keySetUsableUntil, labels: [status.issuer], value: civil(until))
            }
        }
        for status in issuers {
            if let next = status.nextFetch { page.add(.keySetNextFetch, labels: [status.issuer], value: civil(next)) }
        }
        for status in issuers {
            for origin in KeyOrigin.allCases {
                let value = status.origin == origin ? 1 : 0
                page.add(.keySetSource, labels: [status.issuer, origin.rawValue], value: value)
            }
        }
        for status in issuers { page.add(.keySetKeys, labels: [status.issuer], value: status.keys) }
        for status in issuers { page.add(.keySetSkipped, labels: [status.issuer], value: status.skipped) }
        for (place, status) in issuers.enumerated() {
            for result in FetchResult.allCases {
                let count = status.fetches[result] ?? 0
                // Hundreds of issuers with a dozen results each, nearly all of them zero, would be most of the page.
                guard count > 0 || place < Self.issuersWithAllResults else { continue }
                page.add(.keySetFetches, labels: [status.issuer, result.rawValue], value: count)
            }
        }
    }

    /// In seconds since the epoch. In whole ones: between two scrapes only what has happened changes it.
    private func civil(_ steady: Int64) -> Int { Int(clock.moment(at: steady).timestamp.seconds) }
}

/// Which configuration holds, and how it came to that.
package struct ReloadFigures: Sendable {
    package var generation: UInt64
    package var sha256: String
    /// Reloads that were done.
    package var done: Int
    package var refused: Int

    package init(generation: UInt64, sha256: String, done: Int, refused: Int) {
        self.generation = generation
        self.sha256 = sha256
        self.done = done
        self.refused = refused
    }
}
