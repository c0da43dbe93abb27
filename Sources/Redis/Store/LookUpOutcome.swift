package import Authentication
package import NIOCore

/// What became of a look-up.
package enum LookUpOutcome: Sendable {
    case reply(RecordReply)
    /// The connection is served by its home: there it is to be asked, as if it had been at this time.
    case elsewhere(asked: NIODeadline)
}
