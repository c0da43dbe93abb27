/// How a fetch of an issuer's keys ended: the `result` label of the fetch counter.
package enum FetchResult: String, CaseIterable, Sendable {
    /// The first set, or another one than before.
    case changed
    case unchanged
    case url
    case file
    case proxy
    case name
    case connection
    case tls
    case timeout
    case brokenAnswer = "broken_answer"
    case status
    case redirect
    case tooLarge = "too_large"
    case discovery
    case issuerMismatch = "issuer_mismatch"
    case notKeys = "not_keys"
    case noUsableKeys = "no_usable_keys"
    case stopped
}
