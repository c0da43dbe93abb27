/// A metric: its name, what it means, its labels. Every metric that the service has stands in this file.
///
/// Takes figures, as plain values that a scrape collected. Gives the page that Prometheus reads, the keys of log lines,
/// and the time. Imports Bytes, Authentication, whose figures it names, and swift-log.
package struct Metric: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package let name: String
    package let kind: Kind
    package let help: String
    /// The names of its labels. Their values come from enumerations and from the configuration, never from a request.
    package let labels: [String]

    /// - Parameter prefix: the program's, or what Prometheus' own client libraries call a metric that every process has.
    init(_ kind: Kind, prefix: String = "authgear_resolver_", _ name: String, _ help: String, labels: [String] = []) {
        self.name = prefix + name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}

extension Metric {
    // Requests.
    package static let requests = Metric(
        .counter, "requests_total", "Requests answered, by endpoint and outcome.", labels: ["endpoint", "outcome"])
    package static let requestErrors = Metric(
        .counter, "request_errors_total", "Requests refused as HTTP, by status.", labels: ["status"])
    package static let calls = Metric(
        .counter, "calls_total", "Calls of gRPC that have ended, by method and status.", labels: ["method", "status"])
    package static let refusals = Metric(
        .counter, "refusals_total", "Credentials refused, by kind and reason.", labels: ["credential", "reason"])
    package static let policies = Metric(
        .counter, "policy_total", "Valid credentials judged by access policies, by policy and reason.",
        labels: ["policy", "reason"])
    package static let unknowns = Metric(
        .counter, "unknown_total", "Credentials that could not be checked, by reason.", labels: ["reason"])
    package static let authgearQuestions = Metric(
        .counter, "authgear_questions_total", "Questions to Authgear, by purpose and result.",
        labels: ["purpose", "result"])
    package static let serverQuestions = Metric(
        .counter, "questions_total", "Questions to servers that are asked over HTTP, but for Authgear, by result.",
        labels: ["server", "purpose", "result"])
    package static let shadowRequests = Metric(
        .counter, "shadow_requests_total", "Requests that Authgear was asked about as well, by result.",
        labels: ["result"])
    package static let shadowDifferences = Metric(
        .counter, "shadow_differences_total", "Answers that Authgear gave otherwise, by header.", labels: ["header"])
    package static let requestDuration = Metric(
        .histogram, "request_duration_seconds",
        "Time from the end of a request, its body included, to its answer.")
    package static let requestsInFlight = Metric(
        .gauge, "requests_in_flight", "Requests that have come and wait for what decides on them.")

    // Connections.
    package static let connections = Metric(
        .gauge, "connections", "Connections of the public listener that are open.")
    package static let connectionsLimit = Metric(
        .gauge, "connections_limit", "Connections of the public listener that may be open at once.")
    package static let connectionsAccepted = Metric(
        .counter, "connections_accepted_total", "Connections accepted.")
    package static let connectionsRefused = Metric(
        .counter, "connections_refused_total", "Connections closed at once because limits.connections was reached.")
    package static let workerConnections = Metric(
        .gauge, "worker_connections", "Connections of the public listener that a worker has open.", labels: ["worker"])
    package static let workerBusy = Metric(
        .counter, "worker_busy_seconds_total", "Processor time that a worker's thread has taken.", labels: ["worker"])
    package static let tlsHandshakes = Metric(
        .counter, "tls_handshakes_total", "TLS handshakes of the public listener, by result.", labels: ["result"])
    package static let tlsFileReads = Metric(
        .counter, "tls_file_reads_total", "Readings of the files of tls.server, by result.",
        labels: ["result"])
    package static let tlsFilesRefused = Metric(
        .gauge, "tls_files_refused", "1 while the files of tls.server have an error and older ones serve, else 0.")
    package static let tlsNotAfter = Metric(
        .gauge, "tls_not_after_seconds",
        "When the first certificate of a file expires, in seconds since the epoch.", labels: ["file"])

    // Keys.
    package static let keySetAge = Metric(
        .gauge, "key_set_age_seconds", "Time since an issuer's keys were last confirmed.", labels: ["issuer"])
    package static let keySetUsableUntil = Metric(
        .gauge, "key_set_usable_until_seconds",
        "Until when an issuer's keys are used unless a fetch confirms them, in seconds since the epoch.",
        labels: ["issuer"])
    package static let keySetNextFetch = Metric(
        .gauge, "key_set_next_fetch_seconds", "When an issuer's keys are fetched next, in seconds since the epoch.",
        labels: ["issuer"])
    package static let keySetSource = Metric(
        .gauge, "key_set_source",
        "1 for where an issuer's keys came from, else 0: a fetch of this process, or the snapshot of one before it.",
        labels: ["issuer", "source"])
    package static let keySetKeys = Metric(
        .gauge, "key_set_keys", "Usable keys of an issuer.", labels: ["issuer"])
    package static let keySetSkipped = Metric(
        .gauge, "key_set_skipped_keys", "Keys of an issuer's set that can't be used.", labels: ["issuer"])
    package static let keySetFetches = Metric(
        .counter, "key_set_fetches_total", "Fetches of an issuer's keys, by result.", labels: ["issuer", "result"])

    // Caches.
    package static let tokenCacheHits = Metric(
        .counter, "token_cache_hits_total", "Tokens answered from memory.")
    package static let tokenCacheMisses = Metric(
        .counter, "token_cache_misses_total", "Tokens that were not in memory, or no longer good.")
    package static let tokenCacheEvictions = Metric(
        .counter, "token_cache_evictions_total", "Answers that left the token cache to make room.")
    package static let tokenCacheEntries = Metric(
        .gauge, "token_cache_entries", "Answers in the token cache.")
    package static let tokenCacheBytes = Metric(
        .gauge, "token_cache_bytes", "Memory that the token cache takes.")
    package static let sessionCacheHits = Metric(
        .counter, "session_cache_hits_total", "Sessions answered from memory.")
    package static let sessionCacheMisses = Metric(
        .counter, "session_cache_misses_total", "Sessions that were not in memory, or no longer good.")
    package static let sessionCacheEvictions = Metric(
        .counter, "session_cache_evictions_total", "Answers that left the session cache to make room.")
    package static let sessionCacheEntries = Metric(
        .gauge, "session_cache_entries", "Answers in the session cache.")
    package static let sessionCacheBytes = Metric(
        .gauge, "session_cache_bytes", "Memory that the session cache takes.")

    // Store.
    package static let storeLookUps = Metric(
        .counter, "store_lookups_total", "Records asked of the session store, by kind and result.",
        labels: ["record", "result"])
    package static let storeDuration = Metric(
        .histogram, "store_lookup_duration_seconds", "Time from asking the store to its answer.")
    package static let storeConnected = Metric(
        .gauge, "store_connections", "Connections to the session store that are ready.")
    package static let storeRole = Metric(
        .gauge, "store_role",
        "What the server that records are read from says that it is: 1 the primary, 2 a replica, 0 while there is none or it does not say."
    )
    package static let storeReconnects = Metric(
        .counter, "store_reconnects_total", "Connections to the session store that were made anew.")
    package static let storeProofAge = Metric(
        .gauge, "store_proof_age_seconds",
        "Time since the server that records are read from last proved that it may be believed.")
    package static let feedLosses = Metric(
        .counter, "feed_losses_total", "How often the session store's word on what changes was lost, by reason.",
        labels: ["reason"])
    package static let invalidations = Metric(
        .counter, "invalidations_total", "Changes to records that the session store has told of.")
    package static let sentinels = Metric(
        .gauge, "sentinels", "Sentinels of the session store, by what they say of its primary.", labels: ["state"])
    package static let revocationLag = Metric(
        .gauge, "session_revocation_lag_bound_seconds",
        "How long after a session ended it may still be answered as valid, at most, at this moment.")

    // The process.
    package static let traceSpansDropped = Metric(
        .counter, "trace_spans_dropped_total", "Spans of traces that were never delivered to the collector.")
    package static let ready = Metric(
        .gauge, "ready", "1 while /readyz is 200, else 0.")
    package static let draining = Metric(
        .gauge, "draining", "1 from the moment at which the process was told to end, else 0.")
    package static let configurationGeneration = Metric(
        .gauge, "config_generation", "How many configurations were adopted since the start, the first one included.")
    package static let configurationReloads = Metric(
        .counter, "config_reloads_total", "Reloads of the configuration, by result.", labels: ["result"])
    package static let configurationInfo = Metric(
        .gauge, "config_info", "Always 1; the label is the SHA-256 of the configuration file that holds.",
        labels: ["sha256"])
    package static let apiTokens = Metric(
        .gauge, "api_tokens", "API tokens of the list that holds.")
    package static let apiTokenFileRefused = Metric(
        .gauge, "api_token_file_refused", "1 while the file of API tokens has an error and an older list holds, else 0."
    )
    package static let apiTokenReads = Metric(
        .counter, "api_token_reads_total", "Lists of API tokens that were read, by result.", labels: ["result"])
    package static let buildInfo = Metric(
        .gauge, "build_info", "Always 1; the labels tell what runs.", labels: ["version", "swift"])
    package static let startTime = Metric(
        .gauge, "start_time_seconds", "When the process started, in seconds since the epoch.")
    package static let suppressedLines = Metric(
        .counter, "log_lines_suppressed_total",
        "Log lines that were held back because one on the same subject was written within the minute.")
    package static let processTime = Metric(
        .counter, prefix: "process_", "cpu_seconds_total", "Processor time that the process has taken.")
    package static let residentMemory = Metric(
        .gauge, prefix: "process_", "resident_memory_bytes", "Memory of the process that is in RAM.")
    package static let openFiles = Metric(
        .gauge, prefix: "process_", "open_fds", "Files, sockets among them, that the process has open.")
    package static let maximumFiles = Metric(
        .gauge, prefix: "process_", "max_fds", "Files that the process may have open.")
    package static let processStart = Metric(
        .gauge, prefix: "process_", "start_time_seconds",
        "When the system started the process, in seconds since the epoch.")
}
