package import Authentication

/// What a command was sent for.
///
/// Not within `PendingCommand`: in a generic type it would be copied and destroyed by way of metadata.
package enum CommandPurpose: Hashable, Sendable {
    /// `GET`
    case record(RecordQuery)
    /// `PTTL` of the record whose `GET` follows.
    case timeToLive
    /// Whom does the connection lead to? With the nonce of its round.
    case proof(ServerProof.Question, nonce: UInt64)
    /// `GET` of a record that nobody wants: can such records be asked for?
    case trial(Int, RecordQuery.Kind)
    /// `CLIENT TRACKING OFF`
    case untracking
    /// `CLIENT TRACKING ON REDIRECT` to this client
    case redirection(Int64)
}
