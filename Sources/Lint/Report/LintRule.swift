/// What is looked for. In which kinds, in which words and what to do about it is `LintRow.table`.
package enum LintRule: String, CaseIterable, Sendable {
    case unguarded
    case notCleared = "not-cleared"
    case nameNotSet = "name-not-set"
    case order
    case underscores
    case inheritedHeaders = "inherited-headers"
    case otherPass = "other-pass"
    case answerCache = "answer-cache"
    case credentialNotSent = "credential-not-sent"
    case rawHeaders = "raw-headers"
    case noKeptConnection = "no-kept-connection"
    case noTimeout = "no-timeout"
    case outage
    case failureModeAllow = "failure-mode-allow"
}
