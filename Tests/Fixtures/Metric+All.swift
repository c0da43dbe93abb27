package import Telemetry

extension Metric {
    /// Every metric there is; a test holds this list to the declarations.
    package static let all: [Metric] = [
        requests, requestErrors, calls, refusals, policies, unknowns, authgearQuestions, serverQuestions,
        shadowRequests, shadowDifferences, requestDuration, requestsInFlight,
        connections, connectionsLimit, connectionsAccepted, connectionsRefused, workerConnections, workerBusy,
        tlsHandshakes, tlsFileReads, tlsFilesRefused, tlsNotAfter,
        keySetAge, keySetUsableUntil, keySetNextFetch, keySetSource, keySetKeys, keySetSkipped, keySetFetches,
        tokenCacheHits, tokenCacheMisses, tokenCacheEvictions, tokenCacheEntries, tokenCacheBytes,
        sessionCacheHits, sessionCacheMisses, sessionCacheEvictions, sessionCacheEntries, sessionCacheBytes,
        storeLookUps, storeDuration, storeConnected, storeRole, storeReconnects, storeProofAge, feedLosses,
        invalidations, sentinels, revocationLag,
        traceSpansDropped, ready, draining, configurationGeneration, configurationReloads, configurationInfo, apiTokens,
        apiTokenFileRefused,
        apiTokenReads,
        buildInfo, startTime, suppressedLines, processTime, residentMemory, openFiles, maximumFiles, processStart,
    ]
}
