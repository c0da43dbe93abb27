import Logging

/// The keys of log metadata. Every key that a log line may carry stands here; none ever holds a secret or a token.
package enum LogKey: String, CaseIterable, Sendable {
    /// An address that is listened on, or the store's, without user and password.
    case address
    /// An issuer's identifier, from the configuration.
    case issuer
    /// What went wrong, in words, without bytes from the network.
    case reason
    /// The kind of credential: `token`, `session` or `any`.
    case credential
    /// What a token says of its key, unverified: printable ASCII, cut.
    case kid
    /// How many of what the message names.
    case count
    /// How many lines on the same were left out since the last one.
    case leftOut = "left_out"
    /// How many keys of a set can't be used.
    case skipped
    /// Seconds since what the message names was last confirmed.
    case age
    /// Seconds until the next try.
    case retryIn = "retry_in"
    /// The kind of store.
    case store
    /// The kind of record that was asked for.
    case record
    /// What an operator can do about it.
    case remedy
    /// The program's.
    case version
    /// The configuration file, as the operator named it.
    case configuration
    /// How many configurations were adopted so far.
    case generation
    /// Who asked for a reload: a signal, the control socket, the admin listener or a change of a file.
    case cause
    /// A level of the log.
    case logLevel = "log_level"
    /// For how long.
    case duration
    /// What became of a request: `valid`, `invalid`, `none` or `unknown`.
    case outcome
    /// How long that took.
    case microseconds
    /// The trace that it belongs to: 32 hexadecimal digits.
    case traceID = "trace_id"
}

extension Logger.Metadata {
    /// Metadata from our own keys: `[.issuer: "https://…"]`.
    package init(_ pairs: KeyValuePairs<LogKey, String>) {
        self.init(uniqueKeysWithValues: pairs.map { key, value in (key.rawValue, .string(value)) })
    }
}
