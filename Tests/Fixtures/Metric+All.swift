package import Telemetry

extension Metric {
    /// Every metric there is; a test holds this list to the declarations.
    package static let all: [Metric] = [
        requests, requestErrors, calls, refusals, policies, unknowns, authgearQuestions, serverQuestions,
        shadowRequests,
        shadowDifferences, requestDuration,
        connections, connectionsLimit, connectionsAccepted, connectionsRefused, tlsHandshakes, tlsFileReads,
        tlsFilesRefused,
        keySetAge, keySetSource, keySetKeys, keySetSkipped, keySetFetches,
        tokenCacheHits, tokenCacheMisses, tokenCacheEvictions, tokenCacheEntries, tokenCacheBytes,
        sessionCacheHits, sessionCacheMisses, sessionCacheEvictions, sessionCacheEntries, sessionCacheBytes,
        storeLookUps, storeDuration, storeConnected, storeRole, sentinels, revocationLag,
        ready, draining, configurationGeneration, configurationReloads, configurationInfo, apiTokens,
        apiTokenFileRefused,
        apiTokenReads,
        buildInfo, startTime,
    ]
}
